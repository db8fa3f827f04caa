import { generator } from './inputs.ts';
import { trainLosses } from './network.ts';
import type { Check, Inputs, Problem } from './types.ts';

/** How many steps of a training problem are checked. */
export const checkedSteps = 3;

/** A sum in float64 and the sum of its terms' magnitudes, the scale of its rounding error. */
interface Entry {
  value: number;
  scale: number;
}

/** A result tensor that can be evaluated one entry at a time. */
interface Result {
  size: number;
  entry(i: number): Entry;
}

/** Sums `term(i)` for i below `n`. */
function total(n: number, term: (i: number) => number): Entry {
  let value = 0;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    const t = term(i);
    value += t;
    scale += Math.abs(t);
  }
  return { value, scale };
}

function matmulResult({ m, n, k }: Problem & { kind: 'matmul' }, { a, b }: Inputs): Result {
  const entry = (i: number) => {
    const row = Math.floor(i / n) * k;
    const col = i % n;
    return total(k, (j) => a[row + j] * b[j * n + col]);
  };
  return { size: m * n, entry };
}

/** Indices of element `i` of a tensor of this shape. */
function unravel(i: number, shape: readonly number[]): number[] {
  const at = new Array<number>(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    at[d] = i % shape[d];
    i = Math.floor(i / shape[d]);
  }
  return at;
}

/** y, and for a backward problem dx and dw, of a stride-1 SAME convolution. */
function convResults(problem: Problem & { kind: 'conv' }, { x, w, g }: Inputs): Result[] {
  const { batch, height, width, cin, cout, size } = problem;
  const before = Math.floor((size - 1) / 2);
  const inside = (y: number, x: number) => y >= 0 && y < height && x >= 0 && x < width;
  const xAt = (b: number, y: number, c: number, ch: number) =>
    inside(y, c) ? x[((b * height + y) * width + c) * cin + ch] : 0;
  const gAt = (b: number, y: number, c: number, ch: number) =>
    inside(y, c) ? g[((b * height + y) * width + c) * cout + ch] : 0;
  const wAt = (ky: number, kx: number, ci: number, co: number) =>
    w[((ky * size + kx) * cin + ci) * cout + co];

  const output: Result = {
    size: batch * height * width * cout,
    entry(i) {
      const [b, oy, ox, co] = unravel(i, [batch, height, width, cout]);
      return total(size * size * cin, (j) => {
        const [ky, kx, ci] = unravel(j, [size, size, cin]);
        return xAt(b, oy + ky - before, ox + kx - before, ci) * wAt(ky, kx, ci, co);
      });
    },
  };
  if (!problem.backward) return [output];
  const dx: Result = {
    size: x.length,
    entry(i) {
      const [b, y, c, ci] = unravel(i, [batch, height, width, cin]);
      return total(size * size * cout, (j) => {
        const [ky, kx, co] = unravel(j, [size, size, cout]);
        return gAt(b, y - ky + before, c - kx + before, co) * wAt(ky, kx, ci, co);
      });
    },
  };
  const dw: Result = {
    size: w.length,
    entry(i) {
      const [ky, kx, ci, co] = unravel(i, [size, size, cin, cout]);
      return total(batch * height * width, (j) => {
        const [b, oy, ox] = unravel(j, [batch, height, width]);
        return xAt(b, oy + ky - before, ox + kx - before, ci) * gAt(b, oy, ox, co);
      });
    },
  };
  return [output, dx, dw];
}

/** Compares sampled entries, first and last among them, relative to the magnitudes they sum. */
function compareEntries(wanted: Result[], got: Float32Array[]): Check {
  const tolerance = 1e-5;
  const random = generator(1);
  let error = wanted.length === got.length ? 0 : Number.POSITIVE_INFINITY;
  wanted.forEach((result, r) => {
    if (got[r]?.length !== result.size) error = Number.POSITIVE_INFINITY;
    for (let s = 0; s < 256 && Number.isFinite(error); s++) {
      const i = s === 0 ? 0 : s === 1 ? result.size - 1 : Math.floor(random() * result.size);
      const { value, scale } = result.entry(i);
      const off = Math.abs(got[r][i] - value) / scale;
      error = Math.max(error, off); // NaN stays
    }
  });
  return { ok: error <= tolerance, error, tolerance };
}

/** Losses of the first steps, relative: gradients and Adam show from the second on. */
function compareLosses(wanted: number[], got: number[]): Check {
  const tolerance = 1e-4;
  const errors = wanted.map((loss, i) => Math.abs(got[i] - loss) / Math.abs(loss));
  const error = errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
  return { ok: error <= tolerance, error, tolerance };
}

/**
 * A judge of one problem, in float64. It is given what `read()` brought after each of `calls` calls.
 * Sums are compared per sampled entry, training by its first losses.
 */
export function judge(problem: Problem, inputs: Inputs) {
  switch (problem.kind) {
    case 'train': {
      const wanted = trainLosses(problem, inputs, checkedSteps);
      const compare = (reads: Float32Array[][]) =>
        compareLosses(
          wanted,
          reads.map(([l]) => l[0]),
        );
      return { calls: checkedSteps, compare };
    }
    case 'host':
      return {
        calls: 2,
        compare: (reads: Float32Array[][]): Check => {
          const ok = reads.every(([y]) => y.every(Number.isFinite));
          return { ok, error: ok ? 0 : Number.NaN, tolerance: 0 };
        },
      };
    default: {
      const wanted =
        problem.kind === 'matmul' ? [matmulResult(problem, inputs)] : convResults(problem, inputs);
      return { calls: 1, compare: (reads: Float32Array[][]) => compareEntries(wanted, reads[0]) };
    }
  }
}
