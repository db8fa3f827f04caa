import * as jax from '@jax-js/jax';
import type { Builders } from '../../problems/kinds.ts';
import { EPSILON } from '../../problems/layer_norm.ts';
import { shapesOf } from '../../problems/matmul.ts';
import type { Work } from '../../types.ts';
import { readTurned, turned, upload, uploads, type Value, working } from './working.ts';

const { numpy: np, lax, jit, nn } = jax;

/** Layer normalisation over the last axis. Its `nn.standardize` would lose the variance of rows far from 0. */
export function layerNorm(x: Value, scale: Value, shift: Value): Value {
  const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(EPSILON)))
    .mul(scale)
    .add(shift);
}

/** Every problem that is a kernel or a few, each under one `jit`. */
export const kernels: Builders<Promise<Work>> = {
  async matmul(problem, inputs) {
    const { a, b } = await uploads({ a: shapesOf(problem).a, b: shapesOf(problem).b }, inputs);
    const f = jit((x: Value, y: Value) => np.matmul(x, y));
    return working(() => [f(a.ref, b.ref)]);
  },

  /** jax-js convolves NCHW with OIHW: inputs are turned before, results after, neither is timed. */
  async conv({ batch, height, width, cin, cout, size, backward }, inputs) {
    const image = (x: Float32Array, c: number) =>
      turned(x, [batch, height, width, c], [0, 3, 1, 2]);
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
    const nhwc = [0, 2, 3, 1];
    return working(run, readTurned([nhwc, nhwc, [2, 3, 1, 0]]));
  },

  async convTranspose({ batch, side, cin, cout, size, stride }, inputs) {
    const x = await turned(inputs.x, [batch, side, side, cin], [0, 3, 1, 2]);
    const w = await turned(inputs.w, [size, size, cout, cin], [3, 2, 0, 1]);
    const options = { transposeKernel: true };
    const f = jit((x: Value, w: Value) =>
      lax.convTranspose(x, w, [stride, stride], 'SAME', options),
    );
    return working(() => [f(x.ref, w.ref)], readTurned([[0, 2, 3, 1]]));
  },

  async penalty({ batch, inputs: n, hidden }, inputs) {
    const { x, w, v } = await uploads({ x: [batch, n], w: [n, hidden], v: [hidden, 1] }, inputs);
    const of = (w: Value, v: Value, x: Value) => {
      const slope = jax.grad((x: Value) => np.sum(np.matmul(np.tanh(np.matmul(x, w)), v)))(x);
      return np.sum(np.square(slope)).mul(1 / batch);
    };
    const f = jit((w: Value, v: Value, x: Value) => {
      const [y, [dw, dv]] = jax.valueAndGrad(of, { argnums: [0, 1] })(w, v, x);
      return [y, dw, dv];
    });
    return working(() => f(w.ref, v.ref, x.ref));
  },

  async softmax({ rows, n }, inputs) {
    const x = await upload(inputs.x, [rows, n]);
    const f = jit((x: Value) => nn.softmax(x, -1));
    return working(() => [f(x.ref)]);
  },

  async layerNorm({ rows, n }, inputs) {
    const shapes = { x: [rows, n], scale: [n], shift: [n] };
    const { x, scale, shift } = await uploads(shapes, inputs);
    const f = jit(layerNorm);
    return working(() => [f(x.ref, scale.ref, shift.ref)]);
  },

  async reduce({ fold, rows, columns, axis }, inputs) {
    const x = await upload(inputs.x, [rows, columns]);
    const act = { sum: np.sum, mean: np.mean, max: np.max }[fold];
    const f = jit((x: Value) => act(x, axis === 'full' ? null : axis));
    return working(() => [f(x.ref)]);
  },

  async pointwise({ name, n }, inputs) {
    const x = await upload(inputs.x, [n]);
    if (name !== 'x·y+z') {
      const act = (x: Value) => (name === 'gelu' ? nn.gelu(x, { approximate: false }) : np.tanh(x));
      const f = jit(act);
      return working(() => [f(x.ref)]);
    }
    const { y, z } = await uploads({ y: [n], z: [n] }, inputs);
    const f = jit((x: Value, y: Value, z: Value) => x.mul(y).add(z));
    return working(() => [f(x.ref, y.ref, z.ref)]);
  },

  /** Its inputs are turned to [B, T, h, d] before, its results back after, neither is timed. */
  async attention({ batch, heads, steps, depth, backward }, inputs) {
    const order = [0, 2, 1, 3];
    const part = (x: Float32Array) => turned(x, [batch, heads, steps, depth], order);
    const [q, k, v, g] = [
      await part(inputs.q),
      await part(inputs.k),
      await part(inputs.v),
      await part(inputs.g),
    ];
    const attend = (q: Value, k: Value, v: Value) =>
      nn.dotProductAttention(q, k, v, { isCausal: true });
    const forward = jit(attend);
    const both = jit((q: Value, k: Value, v: Value, g: Value) => {
      const [y, pull] = jax.vjp(attend, [q, k, v]);
      return [y, ...pull(g)];
    });
    const run = () =>
      backward ? both(q.ref, k.ref, v.ref, g.ref) : [forward(q.ref, k.ref, v.ref)];
    return working(run, readTurned([order, order, order, order]));
  },

  /** Eager: under jit its triangular solve takes inputs of the function only. */
  async logDet({ batch, n }, inputs) {
    const a = await upload(inputs.a, [batch, n, n]);
    const logDet = (x: Value) => {
      const [sign, value] = np.linalg.slogdet(x);
      sign.dispose();
      return value;
    };
    const one = await jax.blockUntilReady(np.ones([batch]));
    return working(() => {
      const [y, pull] = jax.vjp(logDet, [a.ref]);
      const gradients = pull(one.ref);
      pull.dispose?.();
      return [y, ...gradients];
    });
  },
};
