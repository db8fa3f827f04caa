import type { Check } from '../types.ts';
import type { Judge } from './kind.ts';
import { generator } from './numbers.ts';

/** A number in float64 and the size of what rounds on the way to it: errors are in units of that. */
export interface Entry {
  value: number;
  scale: number;
}

/** A result tensor that can be evaluated one entry at a time. */
export interface Result {
  size: number;
  entry(i: number): Entry;
}

/**
 * Errors allowed, in units of the magnitudes summed. k·2⁻²⁴ bounds a float32 sum of k terms in any
 * order, and √k·2⁻²⁴ is what comes about: 1e-5 leaves room for either, to k = 168 and k = 28 000.
 */
export const TOLERANCE = 1e-5;

/** An entry that nothing rounds: it must be the same. */
export const exact = (value: number): Entry => ({ value, scale: Math.abs(value) * 1e-9 });

/** Sums `term(i)` for i below `n`, beside the terms' magnitudes. */
export function total(n: number, term: (i: number) => number): Entry {
  let value = 0;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    const t = term(i);
    value += t;
    scale += Math.abs(t);
  }
  return { value, scale };
}

/** Indices of element `i` of a tensor of this shape. */
export function unravel(i: number, shape: readonly number[]): number[] {
  const at = new Array<number>(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    at[d] = i % shape[d];
    i = Math.floor(i / shape[d]);
  }
  return at;
}

/** A result whose entries have all been computed, with the scale of each. */
export const known = (values: ArrayLike<number>, scales: ArrayLike<number>): Result => ({
  size: values.length,
  entry: (i) => ({ value: values[i], scale: scales[i] }),
});

/** Which entries are looked at: all of a small result, else samples, first and last among them. */
function* sampled(size: number, most: number, random: () => number): Generator<number> {
  if (size <= most) {
    for (let i = 0; i < size; i++) yield i;
    return;
  }
  yield 0;
  yield size - 1;
  for (let s = 2; s < most; s++) yield Math.floor(random() * size);
}

/** Compares up to `most` entries of each result with what was read. */
export function compareEntries(
  wanted: Result[],
  got: Float32Array[],
  { tolerance = TOLERANCE, most = 256 } = {},
): Check {
  const random = generator(1);
  let error = wanted.length === got.length ? 0 : Number.POSITIVE_INFINITY;
  wanted.forEach((result, r) => {
    if (got[r]?.length !== result.size) error = Number.POSITIVE_INFINITY;
    for (const i of sampled(result.size, most, random)) {
      if (!Number.isFinite(error)) return;
      const { value, scale } = result.entry(i);
      const off = Math.abs(got[r][i] - value);
      error = Math.max(error, off === 0 ? 0 : off / scale); // NaN stays
    }
  });
  return { ok: error <= tolerance, error, tolerance };
}

/** A judge of one call's results, by their entries. */
export const byEntries = (wanted: Result[], options: { tolerance?: number; most?: number } = {}) =>
  ({
    calls: 1,
    compare: (reads) => compareEntries(wanted, reads[0], options),
  }) satisfies Judge;
