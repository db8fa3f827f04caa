import {
  adam as adamOf,
  add,
  type Arg,
  attention,
  bceWithLogits,
  crossEntropy,
  gelu,
  grad,
  leakyRelu,
  mean,
  mse,
  mul,
  namedVariables,
  neg,
  nn,
  norm,
  permute,
  relu,
  reshape,
  split,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  variable,
  type Variable,
} from '../../engine/index.ts';
import { unet } from '../../models/backbones/unet.ts';
import { cnnShapes, featuresOf, strides } from '../problems/cnn.ts';
import type { Builders } from '../problems/kinds.ts';
import { mlpShapes } from '../problems/mlp.ts';
import { adam, type Shapes } from '../problems/training.ts';
import { type Transformer, transformerShapes } from '../problems/transformer.ts';
import { LEAK, ofCritic, PENALTY, wganGpShapes } from '../problems/wgan_gp.ts';
import type { Inputs, Work } from '../types.ts';
import { imageModel } from './generation.ts';
import { variables, working } from './working.ts';

type Parameters = Record<string, Variable>;

/** One step of Adam on all parameters; its result is the loss. */
function training(shapes: Shapes, inputs: Inputs, lossOf: (p: Parameters) => Tensor): Work {
  const parameters = variables(shapes, inputs);
  const optimiser = adamOf(parameters, adam);
  return working(() => {
    const loss = lossOf(parameters);
    optimiser.update(grad(loss, optimiser.variables));
    return [loss];
  });
}

const linear = (p: Parameters, name: string, x: Arg): Tensor =>
  nn.linear({ weight: p[name], bias: p[`${name}Bias`] }, x);

/** Whole numbers as the engine's indices. */
const indices = (numbers: Float32Array, shape: number[]): Variable =>
  variable(Uint32Array.from(numbers), shape);

/** qkv [B, T, 3 d] through heads of attention to [B, T, d]. */
function mixed(qkv: Tensor, { width, heads, steps, batch }: Transformer): Tensor {
  const depth = width / heads;
  const parts = permute(reshape(qkv, [batch, steps, 3, heads, depth]), [2, 0, 3, 1, 4]);
  const [q, k, v] = split(parts, 3).map((t) => reshape(t, [batch, heads, steps, depth]));
  const y = attention(q, k, v, { causal: true });
  return reshape(permute(y, [0, 2, 1, 3]), [batch, steps, width]);
}

function transformerLoss(
  problem: Transformer,
  p: Parameters,
  tokens: Variable,
  labels: Variable,
): Tensor {
  const norm = (name: string, x: Tensor) =>
    nn.layerNorm({ scale: p[`${name}Scale`], shift: p[`${name}Shift`] }, x);
  let h = add(nn.embedding({ table: p.table }, tokens), p.positions);
  for (let l = 0; l < problem.layers; l++) {
    const seen = mixed(linear(p, `qkv${l}`, norm(`first${l}`, h)), problem);
    h = add(h, linear(p, `out${l}`, seen));
    h = add(h, linear(p, `down${l}`, gelu(linear(p, `up${l}`, norm(`second${l}`, h)))));
  }
  return mean(crossEntropy(linear(p, 'head', norm('last', h)), labels));
}

/** `.bias` as `Bias`, as the problem names it. */
const upper = (_: string, first: string, rest: string) => first.toUpperCase() + rest;

/** Every training problem, through the engine's public surface. */
export const trainings: Builders<Work> = {
  mlp(problem, inputs) {
    const { widths, batch, loss } = problem;
    const top = widths.length - 2;
    const x = variable(inputs.x, [batch, widths[0]]);
    const y = variable(inputs.y, [batch, widths[top + 1]]);
    return training(mlpShapes(problem), inputs, (p) => {
      let h = linear(p, 'w0', x);
      for (let i = 1; i <= top; i++) h = linear(p, `w${i}`, relu(h));
      return loss === 'mse' ? mse(h, y) : mean(bceWithLogits(h, y));
    });
  },

  cnn(problem, inputs) {
    const { batch, size } = problem;
    const x = variable(inputs.x, [batch, size, size, 1]);
    const labels = indices(inputs.labels, [batch]);
    return training(cnnShapes(problem), inputs, (p) => {
      let h: Arg = x;
      strides.forEach((stride, i) => {
        const layer = { weight: p[`conv${i}`], bias: p[`conv${i}Bias`] };
        h = relu(nn.conv(layer, h, { stride, padding: 'same' }));
      });
      const flat = reshape(h, [batch, featuresOf(problem)]);
      return mean(crossEntropy(linear(p, 'dense', flat), labels));
    });
  },

  transformer(problem, inputs) {
    const shape = [problem.batch, problem.steps];
    const tokens = indices(inputs.tokens, shape);
    const labels = indices(inputs.labels, shape);
    return training(transformerShapes(problem), inputs, (p) =>
      transformerLoss(problem, p, tokens, labels),
    );
  },

  unet(problem, inputs) {
    const { side, channels, heads, groups, batch } = problem;
    const config = { channels, levels: 2, blocks: 1, attend: side / 2, heads, groups };
    const network = unet(config, { shape: [side, side, 1] });
    for (const [path, v] of namedVariables(network.weights)) {
      v.write(inputs[path.replace('.weight', '').replace(/\.(\w)(ias|cale|hift)$/, upper)]);
    }
    const optimiser = adamOf(network.weights, adam);
    const x = variable(inputs.x, [batch, side, side, 1]);
    const noise = variable(inputs.noise, [batch, side, side, 1]);
    const t = variable(inputs.t);
    return working(() => {
      const loss = mse(network.run(network.weights, add(x, 0), add(t, 0)), noise);
      optimiser.update(grad(loss, optimiser.variables));
      return [loss];
    });
  },

  wganGp({ batch, noise, ...sizes }, inputs) {
    const shapes = wganGpShapes({ batch, noise, ...sizes });
    const { x, z, e } = variables({ x: [batch, 2], z: [batch, noise], e: [batch, 1] }, inputs);
    const [critic, generator] = [true, false].map((wanted) =>
      variables(
        Object.fromEntries(Object.entries(shapes).filter(([name]) => ofCritic(name) === wanted)),
        inputs,
      ),
    );
    const [ofD, ofG] = [critic, generator].map((p) => adamOf(p, adam));
    const network = (p: Parameters, name: string, x: Arg, activation: (x: Tensor) => Tensor) =>
      [1, 2].reduce((h, i) => linear(p, `${name}${i}`, activation(h)), linear(p, `${name}0`, x));
    const generated = () => network(generator, 'g', z, relu);
    const score = (x: Arg) => network(critic, 'd', x, (h) => leakyRelu(h, LEAK));
    return working(() => {
      const fake = stopGradient(generated());
      const mixed = add(mul(x, e), mul(fake, sub(1, e)));
      const [slope] = grad(sum(score(mixed)), [mixed]);
      const penalty = mul(mean(square(sub(norm(slope, 1), 1))), PENALTY);
      const lossD = add(sub(mean(score(fake)), mean(score(x))), penalty);
      ofD.update(grad(lossD, ofD.variables));
      const lossG = neg(mean(score(generated())));
      ofG.update(grad(lossG, ofG.variables));
      return [lossD, lossG];
    });
  },

  gated(problem, inputs) {
    const { side, batch } = problem;
    const model = imageModel(problem, inputs);
    const optimiser = adamOf(model.variables, adam);
    const x = variable(inputs.x, [batch, side, side, 1]);
    return working(() => {
      const loss = mul(mean(model.logLikelihood(reshape(x, x.shape))), -1 / side ** 2);
      optimiser.update(grad(loss, optimiser.variables));
      return [loss];
    });
  },
};
