import * as jax from '@jax-js/jax';
import { cnnShapes, featuresOf, strides } from '../../problems/cnn.ts';
import { type Gated, gatedShapes, seenOf } from '../../problems/gated.ts';
import type { Builders } from '../../problems/kinds.ts';
import { EPSILON } from '../../problems/layer_norm.ts';
import { mlpShapes } from '../../problems/mlp.ts';
import { adam, type Shapes } from '../../problems/training.ts';
import { type Transformer, transformerShapes } from '../../problems/transformer.ts';
import { type Parts, type UNet, unetNetwork, unetShapes, wavesOf } from '../../problems/unet.ts';
import { LEAK, ofCritic, PENALTY, wganGpShapes } from '../../problems/wgan_gp.ts';
import type { Inputs, Work } from '../../types.ts';
import { turned, upload, uploads, uploadWhole, type Value, working } from './working.ts';

const { numpy: np, lax, jit, nn } = jax;

type Tree = Record<string, Value>;
/** A loss; every value is used up once, as jax-js counts references by hand. */
type Loss = (p: Tree, x: Value, y: Value) => Value;

/** One update of Adam with gradients g. The powers of the betas are carried along. */
function updated({ p, m, v, power1, power2 }: Value, g: Tree): Value {
  const { lr, beta1, beta2, eps } = adam;
  const next: Value = { p: {}, m: {}, v: {} };
  next.power1 = power1.mul(beta1);
  next.power2 = power2.mul(beta2);
  for (const key of Object.keys(g)) {
    next.m[key] = m[key].mul(beta1).add(g[key].ref.mul(1 - beta1));
    next.v[key] = v[key].mul(beta2).add(np.square(g[key]).mul(1 - beta2));
    const mean = next.m[key].ref.div(np.subtract(1, next.power1.ref));
    const root = np.sqrt(next.v[key].ref.div(np.subtract(1, next.power2.ref)));
    next.p[key] = p[key].sub(mean.mul(lr).div(root.add(eps)));
  }
  return next;
}

/** One jitted function: loss, gradients, Adam. */
function stepOf(loss: Loss): Value {
  const valueAndGrad = jax.valueAndGrad(loss);
  return jit((state: Value, x: Value, y: Value) => {
    const [value, g] = valueAndGrad(references(state.p), x, y);
    return [value, updated(state, g)];
  });
}

const references = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, value.ref]));

/** Parameters with moments of zero. */
async function stateOf(p: Tree): Promise<Value> {
  const state: Value = { p, m: {}, v: {}, power1: np.array(1), power2: np.array(1) };
  for (const [key, value] of Object.entries(p)) {
    state.m[key] = await jax.blockUntilReady(np.zeros(value.shape));
    state.v[key] = await jax.blockUntilReady(np.zeros(value.shape));
  }
  return state;
}

/** The step on these parameters, called with x and y again and again. */
async function training(p: Tree, x: Value, y: Value, loss: Loss): Promise<Work> {
  let state = await stateOf(p);
  const step = stepOf(loss);
  return working(() => {
    const [value, next] = step(state, x.ref, y.ref);
    state = next;
    return [value];
  });
}

const linear = (p: Tree, name: string, x: Value): Value =>
  np.matmul(x, p[name]).add(p[`${name}Bias`]);

/** Mean of -log softmax(z)[label] over all rows. */
const crossEntropy = (z: Value, labels: Value, classes: number): Value => {
  const hot = nn.oneHot(labels, classes);
  return np.negative(np.mean(np.sum(nn.logSoftmax(z, -1).mul(hot), -1)));
};

/** Filters to OIHW, the rows of the dense weight to the order channel, height, width. */
async function turnedParameters(shapes: Shapes, inputs: Inputs, half: number, channels: number) {
  const p: Tree = {};
  for (const [name, shape] of Object.entries(shapes)) {
    if (name === 'dense') {
      const rows = [half, half, channels, shape[1]];
      p[name] = (await turned(inputs[name], rows, [2, 0, 1, 3])).reshape(shape);
    } else if (shape.length === 4) p[name] = await turned(inputs[name], shape, [3, 2, 0, 1]);
    else p[name] = await upload(inputs[name], shape);
  }
  return p;
}

function transformerLoss(problem: Transformer): Loss {
  const { layers, width, heads, steps, batch, vocab, classes } = problem;
  const norm = (p: Tree, name: string, x: Value) =>
    nn.standardize(x, -1, { epsilon: EPSILON }).mul(p[`${name}Scale`]).add(p[`${name}Shift`]);
  const mixed = (qkv: Value) => {
    const parts = np.split(qkv, 3, -1);
    const [q, k, v] = parts.map((x: Value) => x.reshape([batch, steps, heads, width / heads]));
    return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch, steps, width]);
  };
  return (p, tokens, labels) => {
    // its own lookup of traced indices has no gradient under jit
    let h = np.matmul(nn.oneHot(tokens, vocab), p.table).add(p.positions);
    for (let l = 0; l < layers; l++) {
      const qkv = linear(p, `qkv${l}`, norm(p, `first${l}`, h.ref));
      h = h.add(linear(p, `out${l}`, mixed(qkv)));
      const wide = linear(p, `up${l}`, norm(p, `second${l}`, h.ref));
      h = h.add(linear(p, `down${l}`, nn.gelu(wide, { approximate: false })));
    }
    return crossEntropy(linear(p, 'head', norm(p, 'last', h)), labels, classes);
  };
}

function gatedLoss({ layers }: Gated, masks: Tree): Loss {
  const conv = (x: Value, w: Value) => lax.convGeneralDilated(x, w, [1, 1], 'SAME');
  const gate = (x: Value) => {
    const [a, b] = np.split(x, 2, 1);
    return np.tanh(a).mul(nn.sigmoid(b));
  };
  return (p, x, y) => {
    const dense = (name: string, x: Value) => conv(x, p[name]).add(p[`${name}Bias`]);
    const seen = (name: string) => p[name].mul(masks[name].ref);
    let [v, h] = [x.ref, x];
    for (let l = 0; l < layers; l++) {
      const up = conv(v, seen(`up${l}`)).add(p[`up${l}Bias`]);
      const link = dense(`link${l}`, up.ref);
      v = gate(up);
      const out = dense(`out${l}`, gate(conv(h.ref, seen(`across${l}`)).add(link)));
      if (l === 0) {
        h.dispose();
        h = out;
      } else h = h.add(out);
    }
    v.dispose();
    const z = dense('head1', nn.relu(dense('head0', nn.relu(h))));
    const softplus = np.log1p(np.exp(np.negative(np.absolute(z.ref))));
    return np.mean(nn.relu(z.ref).sub(z.mul(y)).add(softplus));
  };
}

/** The parts of a U-Net; images are NCHW. Strides pad one pixel before and after, as the model does. */
function unetParts(p: Tree, { heads, groups, batch }: UNet): Parts<Value> {
  const plane = (b: Value) => b.reshape([-1, 1, 1]);
  const norm = (name: string, x: Value) => {
    const [, c, height, width] = x.shape;
    const grouped = x.reshape([batch, groups, (c / groups) * height * width]);
    const normal = nn.standardize(grouped, -1, { epsilon: EPSILON }).reshape(x.shape);
    return normal.mul(plane(p[`${name}Scale`])).add(plane(p[`${name}Shift`]));
  };
  return {
    keep: (x) => x.ref,
    add: (a, b) => a.add(b),
    silu: (x) => nn.silu(x),
    conv(name, x, stride = 1) {
      const side = (p[name].shape[2] - 1) / 2;
      const padding: [number, number][] = [
        [side, side],
        [side, side],
      ];
      const y = lax.convGeneralDilated(x, p[name], [stride, stride], padding);
      return y.add(plane(p[`${name}Bias`]));
    },
    linear: (name, x) => linear(p, name, x),
    norm,
    attend(name, h) {
      const [, c, height, width] = h.shape;
      const places = height * width;
      const normal = norm(`${name}.norm`, h.ref).reshape([batch, c, places]);
      const qkv = linear(p, `${name}.qkv`, np.transpose(normal, [0, 2, 1]));
      const [q, k, v] = np
        .split(qkv, 3, -1)
        .map((part: Value) => part.reshape([batch, places, heads, c / heads]));
      const mixed = nn.dotProductAttention(q, k, v).reshape([batch, places, c]);
      const out = np.transpose(linear(p, `${name}.out`, mixed), [0, 2, 1]);
      return h.add(out.reshape([batch, c, height, width]));
    },
    told: (x, e) => x.add(e.reshape([batch, -1, 1, 1])),
    joined: (a, b) => np.concatenate([a, b], 1),
    doubled: (x) => np.repeat(np.repeat(x, 2, 2), 2, 3),
  };
}

/** One jitted function: both losses of a WGAN-GP with their updates. Parameters are not used up. */
function adversarialStep(): Value {
  const network = (p: Tree, name: string, x: Value, activation: (x: Value) => Value) => {
    const layer = (i: number, h: Value) =>
      np.matmul(h, p[`${name}${i}`].ref).add(p[`${name}${i}Bias`].ref);
    return layer(2, activation(layer(1, activation(layer(0, x)))));
  };
  const generated = (p: Tree, z: Value) => network(p, 'g', z, nn.relu);
  const score = (p: Tree, x: Value) => network(p, 'd', x, (h) => nn.leakyRelu(h, LEAK));
  const lossD = (p: Tree, x: Value, fake: Value, e: Value) => {
    const mixed = x.ref.mul(e.ref).add(fake.ref.mul(np.subtract(1, e)));
    const slope = jax.grad((x: Value) => np.sum(score(p, x)))(mixed);
    const norm = np.sqrt(np.sum(np.square(slope), -1));
    const gap = np.mean(score(p, fake)).sub(np.mean(score(p, x)));
    return gap.add(np.mean(np.square(norm.sub(1))).mul(PENALTY));
  };
  const lossG = (p: Tree, d: Tree, z: Value) => np.negative(np.mean(score(d, generated(p, z))));
  return jit((d: Value, g: Value, x: Value, z: Value, e: Value) => {
    const fake = generated(g.p, z.ref);
    const [first, slopesD] = jax.valueAndGrad(lossD)(references(d.p), x, fake, e);
    const nextD = updated(d, slopesD);
    const [second, slopesG] = jax.valueAndGrad(lossG)(references(g.p), references(nextD.p), z);
    return [first, nextD, second, updated(g, slopesG)];
  });
}

/** Every training problem. */
export const trainings: Builders<Promise<Work>> = {
  async mlp(problem, inputs) {
    const { widths, batch, loss } = problem;
    const x = await upload(inputs.x, [batch, widths[0]]);
    const y = await upload(inputs.y, [batch, widths[widths.length - 1]]);
    return training(await uploads(mlpShapes(problem), inputs), x, y, (p, x, y) => {
      let h = linear(p, 'w0', x);
      for (let i = 1; i + 1 < widths.length; i++) h = linear(p, `w${i}`, nn.relu(h));
      if (loss === 'mse') return np.mean(np.square(h.sub(y)));
      const softplus = np.log1p(np.exp(np.negative(np.absolute(h.ref))));
      return np.mean(nn.relu(h.ref).sub(h.mul(y)).add(softplus));
    });
  },

  /** Images are NCHW, which with one channel are the same numbers. */
  async cnn(problem, inputs) {
    const { batch, size, channels, classes } = problem;
    const half = Math.ceil(size / 2);
    const p = await turnedParameters(cnnShapes(problem), inputs, half, channels[2]);
    const x = await upload(inputs.x, [batch, 1, size, size]);
    const labels = await uploadWhole(inputs.labels, [batch]);
    return training(p, x, labels, (p, x, labels) => {
      let h = x;
      strides.forEach((stride, i) => {
        const y = lax.convGeneralDilated(h, p[`conv${i}`], [stride, stride], 'SAME');
        h = nn.relu(y.add(p[`conv${i}Bias`].reshape([channels[i], 1, 1])));
      });
      const flat = h.reshape([batch, featuresOf(problem)]);
      return crossEntropy(linear(p, 'dense', flat), labels, classes);
    });
  },

  async transformer(problem, inputs) {
    const shape = [problem.batch, problem.steps];
    const p = await uploads(transformerShapes(problem), inputs);
    const tokens = await uploadWhole(inputs.tokens, shape);
    const labels = await uploadWhole(inputs.labels, shape);
    return training(p, tokens, labels, transformerLoss(problem));
  },

  async unet(problem, inputs) {
    const { side, channels, batch } = problem;
    const p: Tree = {};
    for (const [name, shape] of Object.entries(unetShapes(problem))) {
      const filter = shape.length === 4;
      p[name] = filter
        ? await turned(inputs[name], shape, [3, 2, 0, 1])
        : await upload(inputs[name], shape);
    }
    const x = await upload(inputs.x, [batch, 1, side, side]);
    const noise = await upload(inputs.noise, [batch, 1, side, side]);
    const waves = await upload(Float32Array.from(wavesOf(inputs.t, channels)), [batch, channels]);
    return training(p, x, noise, (p, x, noise) => {
      const said = unetNetwork(unetParts(p, problem), problem, x, waves.ref);
      return np.mean(np.square(said.sub(noise)));
    });
  },

  async wganGp(problem, inputs) {
    const { batch, noise } = problem;
    const sizes = { x: [batch, 2], z: [batch, noise], e: [batch, 1] };
    const { x, z, e } = await uploads(sizes, inputs);
    const all = await uploads(wganGpShapes(problem), inputs);
    const part = (wanted: boolean) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => ofCritic(name) === wanted));
    let [d, g] = await Promise.all([true, false].map((wanted) => stateOf(part(wanted))));
    const step = adversarialStep();
    return working(() => {
      const [lossD, nextD, lossG, nextG] = step(d, g, x.ref, z.ref, e.ref);
      [d, g] = [nextD, nextG];
      return [lossD, lossG];
    });
  },

  /** It has no masked convolution: filters are multiplied by their masks. */
  async gated(problem, inputs) {
    const { side, batch } = problem;
    const p: Tree = {};
    for (const [name, shape] of Object.entries(gatedShapes(problem))) {
      const filter = shape.length === 4;
      p[name] = filter
        ? await turned(inputs[name], shape, [3, 2, 0, 1])
        : await upload(inputs[name], [shape[0], 1, 1]);
    }
    const masks: Tree = {};
    for (const name of ['up', 'across'] as const) {
      for (let l = 0; l < problem.layers; l++) {
        const shape = gatedShapes(problem)[`${name}${l}`];
        masks[`${name}${l}`] = await turned(seenOf(problem, name, l), shape, [3, 2, 0, 1]);
      }
    }
    const x = await upload(inputs.x, [batch, 1, side, side]);
    const y = await upload(inputs.x, [batch, 1, side, side]);
    return training(p, x, y, gatedLoss(problem, masks));
  },
};
