import { type Tensor, tensor } from '../engine/index.ts';

/** The numbers of `count` rows, so many of them as go through a step together, until all have. */
export function* chunks(count: number, size = 1000): Generator<Uint32Array<ArrayBuffer>> {
  for (let start = 0; start < count; start += size) {
    yield Uint32Array.from({ length: Math.min(size, count - start) }, (_, i) => start + i);
  }
}

/** What a step gives of rows 0..count−1, `size` of them at a time, one after another. */
export async function ofRows(
  count: number,
  size: number,
  step: (rows: Tensor) => Tensor,
): Promise<Float32Array<ArrayBuffer>> {
  const parts: number[] = [];
  for (const rows of chunks(count, size)) {
    for (const value of await step(tensor(rows)).data()) parts.push(value);
  }
  return Float32Array.from(parts);
}

/** The numbers of an f32 tensor. */
export const floats = async (t: Tensor) => (await t.data()) as Float32Array;

/** Their sum in float64. */
export const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

/** Their mean in float64. */
export const meanOf = (values: ArrayLike<number>) => total(values) / values.length;

/** Arrays of numbers one after another. */
export function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
