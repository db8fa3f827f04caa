import type { Check } from '../types.ts';
import type { Judge } from './kind.ts';

/** Logits [V] in float64 of the symbol at each of the places drawn, given what was drawn. */
type Logits = (drawn: Float32Array) => Float64Array[];

/**
 * Judges the first call: its symbols, each of which must be the likeliest given those before it, and
 * the logits of the last one. Errors are relative to the largest logit there; 1e-4 as the sums of each
 * layer round at 1e-6 and a choice between equals may fall either way.
 */
export const byLikeliest = (logits: Logits): Judge => ({
  calls: 1,
  compare([[drawn, last]]): Check {
    const tolerance = 1e-4;
    const wanted = logits(drawn);
    const errors = wanted.map((row, i) => (Math.max(...row) - row[drawn[i]]) / largest(row));
    const final = wanted[wanted.length - 1];
    last.forEach((v, k) => {
      errors.push(Math.abs(v - final[k]) / largest(final));
    });
    const complete = drawn.length === wanted.length && last.length === final.length;
    const wrong = !complete || errors.some(Number.isNaN);
    const error = wrong ? Number.POSITIVE_INFINITY : Math.max(...errors);
    return { ok: error <= tolerance, error, tolerance };
  },
});

const largest = (row: Float64Array): number =>
  row.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** Row r of a matrix with n columns. */
export const rowOf = (x: Float64Array, r: number, n: number): Float64Array =>
  x.slice(r * n, (r + 1) * n);
