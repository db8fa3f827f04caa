import * as jax from '@jax-js/jax';
import { adam } from '../network.ts';
import type { Contestant, Inputs, Problem, Work } from '../types.ts';

const { numpy: np, lax, jit } = jax;
type Train = Problem & { kind: 'train' };
type Conv = Problem & { kind: 'conv' };
// biome-ignore lint/suspicious/noExplicitAny: the peer's types are not installed with the project
type Value = any;

/** Uploads now, so that no sample pays for it. */
const upload = async (data: Float32Array, shape: number[]): Promise<Value> =>
  jax.blockUntilReady(np.array(data).reshape(shape));

/**
 * Calls a jitted function and waits for all its results: jax-js dispatches only what is awaited.
 * The results of the call before are given back first.
 */
function working(run: () => Value[], read: (out: Value[]) => Promise<Float32Array[]>): Work {
  let out: Value[] = [];
  return {
    async call() {
      for (const value of out) value.dispose();
      out = run();
      await jax.blockUntilReady(out);
    },
    settle: () => jax.getWebGPUDevice().queue.onSubmittedWorkDone(),
    read: () => read(out),
  };
}

const data = (out: Value[]): Promise<Float32Array[]> =>
  Promise.all(out.map((value) => value.ref.data() as Promise<Float32Array>));

async function matmul({ m, n, k }: Problem & { kind: 'matmul' }, inputs: Inputs): Promise<Work> {
  const a = await upload(inputs.a, [m, k]);
  const b = await upload(inputs.b, [k, n]);
  const f = jit((x: Value, y: Value) => np.matmul(x, y));
  return working(() => [f(a.ref, b.ref)], data);
}

/** jax-js convolves NCHW with OIHW: inputs are turned before, results after, neither is timed. */
async function conv(problem: Conv, inputs: Inputs): Promise<Work> {
  const { batch, height, width, cin, cout, size, backward } = problem;
  const image = (x: Float32Array, c: number) => turned(x, [batch, height, width, c], [0, 3, 1, 2]);
  const x = await image(inputs.x, cin);
  const w = await turned(inputs.w, [size, size, cin, cout], [3, 2, 0, 1]);
  const g = await image(inputs.g, cout);
  const convolve = (x: Value, w: Value) => lax.convGeneralDilated(x, w, [1, 1], 'SAME');
  const forward = jit(convolve);
  const both = jit((x: Value, w: Value, g: Value) => {
    const [y, pull] = jax.vjp(convolve, [x, w]);
    return [y, ...pull(g)];
  });
  const run = () => (backward ? both(x.ref, w.ref, g.ref) : [forward(x.ref, w.ref)]);
  const back = [
    [0, 2, 3, 1],
    [0, 2, 3, 1],
    [2, 3, 1, 0],
  ];
  return working(run, (out) => data(out.map((value, i) => np.transpose(value.ref, back[i]))));
}

async function turned(flat: Float32Array, shape: number[], axes: number[]): Promise<Value> {
  return jax.blockUntilReady(np.transpose(np.array(flat).reshape(shape), axes));
}

/** Mean loss of the network; every value is used up once, as jax-js counts references by hand. */
function lossOf({ widths, loss }: Train) {
  const layers = widths.length - 1;
  return (params: Record<string, Value>, x: Value, y: Value): Value => {
    let h = x;
    for (let i = 0; i < layers; i++) {
      h = np.matmul(h, params[`w${i}`]).add(params[`b${i}`]);
      if (i + 1 < layers) h = jax.nn.relu(h);
    }
    if (loss === 'mse') return np.mean(np.square(h.sub(y)));
    const softplus = np.log1p(np.exp(np.negative(np.absolute(h.ref))));
    return np.mean(jax.nn.relu(h.ref).sub(h.mul(y)).add(softplus));
  };
}

/** One jitted function: loss, gradients, Adam. The powers of the betas are carried along. */
function stepOf(problem: Train): Value {
  const { lr, beta1, beta2, eps } = adam;
  const valueAndGrad = jax.valueAndGrad(lossOf(problem));
  return jit(({ p, m, v, power1, power2 }: Value, x: Value, y: Value) => {
    const [loss, g] = valueAndGrad(references(p), x, y);
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
    return [loss, next];
  });
}

const references = (tree: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, value.ref]));

async function train(problem: Train, inputs: Inputs): Promise<Work> {
  const { widths, batch } = problem;
  const x = await upload(inputs.x, [batch, widths[0]]);
  const y = await upload(inputs.y, [batch, widths[widths.length - 1]]);
  let state: Value = { p: {}, m: {}, v: {}, power1: np.array(1), power2: np.array(1) };
  for (let i = 0; i + 1 < widths.length; i++) {
    for (const [key, shape] of [
      [`w${i}`, [widths[i], widths[i + 1]]],
      [`b${i}`, [widths[i + 1]]],
    ] as [string, number[]][]) {
      state.p[key] = await upload(inputs[key], shape);
      state.m[key] = await jax.blockUntilReady(np.zeros(shape));
      state.v[key] = await jax.blockUntilReady(np.zeros(shape));
    }
  }
  const step = stepOf(problem);
  return working(() => {
    const [loss, next] = step(state, x.ref, y.ref);
    state = next;
    return [loss];
  }, data);
}

/** jax-js on WebGPU, under jit, which is its documented fast path. */
export const contestant: Contestant = {
  name: 'jax-js',
  async open() {
    await jax.init('webgpu');
    jax.defaultDevice('webgpu');
  },
  async prepare(problem, inputs) {
    switch (problem.kind) {
      case 'matmul':
        return matmul(problem, inputs);
      case 'conv':
        return conv(problem, inputs);
      case 'train':
        return train(problem, inputs);
      case 'host':
        return null;
    }
  },
};
