import type { Tensor } from '../../engine/index.ts';

/** The numbers of `count` rows, so many of them as go through a step together, until all have. */
export function* chunks(count: number, size = 1000): Generator<Uint32Array> {
  for (let start = 0; start < count; start += size) {
    yield Uint32Array.from({ length: Math.min(size, count - start) }, (_, i) => start + i);
  }
}

/** The numbers of an f32 tensor. */
export const floats = async (t: Tensor) => (await t.data()) as Float32Array;

/** Their sum in float64. */
export const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
