import * as tf from '@tensorflow/tfjs';
import type { Builders } from '../../problems/kinds.ts';
import { EPSILON } from '../../problems/layer_norm.ts';
import { shapesOf } from '../../problems/matmul.ts';
import type { Work } from '../../types.ts';
import { upload, uploads, type Value, working } from './working.ts';

/** Layer normalisation over the last axis, composed: there is no such kernel. */
export function layerNorm(x: Value, scale: Value, shift: Value): Value {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(normal, scale), shift);
}

/** x·Φ(x), composed: there is no such kernel. */
export const gelu = (x: Value): Value =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

/** What is added to the scores of `steps` queries: a query sees no later key. [T, T] */
export function causalMask(steps: number): Value {
  const mask = new Float32Array(steps * steps);
  for (let i = 0; i < mask.length; i++) if (i % steps > Math.floor(i / steps)) mask[i] = -1e9;
  return upload(mask, [steps, steps]);
}

/** Heads of attention [B, h, T, d], composed: there is no such kernel. */
export function attention(q: Value, k: Value, v: Value, mask: Value): Value {
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[3]));
  return tf.matMul(tf.softmax(tf.add(scores, mask)), v);
}

/** Every problem that is a kernel or a few; eager ops. */
export const kernels: Builders<Work> = {
  matmul(problem, inputs) {
    const { a, b } = uploads({ a: shapesOf(problem).a, b: shapesOf(problem).b }, inputs);
    return working(() => [tf.matMul(a, b)]);
  },

  conv({ batch, height, width, cin, cout, size, backward }, inputs) {
    const x = upload(inputs.x, [batch, height, width, cin]);
    const w = upload(inputs.w, [size, size, cin, cout]);
    const g = upload(inputs.g, [batch, height, width, cout]);
    const convolve = (x: Value, w: Value) => tf.conv2d(x, w, 1, 'same');
    const both = tf.valueAndGrads(convolve);
    return working(() => {
      if (!backward) return [convolve(x, w)];
      const { value, grads } = both([x, w], g);
      return [value, ...grads];
    });
  },

  convTranspose({ batch, side, cin, cout, size, stride }, inputs) {
    const x = upload(inputs.x, [batch, side, side, cin]);
    const w = upload(inputs.w, [size, size, cout, cin]);
    const shape = [batch, side * stride, side * stride, cout];
    return working(() => [tf.conv2dTranspose(x, w, shape, stride, 'same')]);
  },

  penalty({ batch, inputs: n, hidden }, inputs) {
    const { x, w, v } = uploads({ x: [batch, n], w: [n, hidden], v: [hidden, 1] }, inputs);
    const of = (w: Value, v: Value) => {
      const f = (x: Value) => tf.sum(tf.matMul(tf.tanh(tf.matMul(x, w)), v));
      return tf.mul(tf.sum(tf.square(tf.grad(f)(x))), 1 / batch);
    };
    const both = tf.valueAndGrads(of);
    return working(() => {
      const { value, grads } = both([w, v]);
      return [value, ...grads];
    });
  },

  softmax({ rows, n }, inputs) {
    const x = upload(inputs.x, [rows, n]);
    return working(() => [tf.softmax(x)]);
  },

  layerNorm({ rows, n }, inputs) {
    const { x, scale, shift } = uploads({ x: [rows, n], scale: [n], shift: [n] }, inputs);
    return working(() => [layerNorm(x, scale, shift)]);
  },

  reduce({ fold, rows, columns, axis }, inputs) {
    const x = upload(inputs.x, [rows, columns]);
    const act = { sum: tf.sum, mean: tf.mean, max: tf.max }[fold];
    return working(() => [axis === 'full' ? act(x) : act(x, axis)]);
  },

  pointwise({ name, n }, inputs) {
    const x = upload(inputs.x, [n]);
    if (name !== 'x·y+z') return working(() => [name === 'gelu' ? gelu(x) : tf.tanh(x)]);
    const { y, z } = uploads({ y: [n], z: [n] }, inputs);
    return working(() => [tf.add(tf.mul(x, y), z)]);
  },

  attention({ batch, heads, steps, depth, backward }, inputs) {
    const shape = [batch, heads, steps, depth];
    const { q, k, v, g } = uploads({ q: shape, k: shape, v: shape, g: shape }, inputs);
    const mask = causalMask(steps);
    const attend = (q: Value, k: Value, v: Value) => attention(q, k, v, mask);
    const both = tf.valueAndGrads(attend);
    return working(() => {
      if (!backward) return [attend(q, k, v)];
      const { value, grads } = both([q, k, v], g);
      return [value, ...grads];
    });
  },
};
