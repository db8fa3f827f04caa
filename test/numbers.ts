import type { Tensor } from '../engine/index.ts';

/** The numbers of an f32 tensor. */
export const floats = async (t: Tensor) => (await t.data()) as Float32Array;

/** The largest difference between two lists of numbers. */
export const worst = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
