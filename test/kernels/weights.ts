import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';
import { ramp } from './line.ts';

/** Sizes of an attention as its kernels have them. */
export interface Sizes {
  batch: number;
  heads: number;
  queries: number;
  keys: number;
  depth: number;
  width: number;
}

const scale = 0.7;
const shapes: Sizes[] = [
  { batch: 1, heads: 1, queries: 1, keys: 1, depth: 1, width: 1 },
  { batch: 2, heads: 2, queries: 5, keys: 7, depth: 3, width: 5 },
  { batch: 1, heads: 3, queries: 9, keys: 6, depth: 8, width: 4 },
  { batch: 1, heads: 1, queries: 35, keys: 41, depth: 4, width: 36 },
  { batch: 1, heads: 1, queries: 37, keys: 34, depth: 36, width: 8 },
  { batch: 1, heads: 2, queries: 19, keys: 36, depth: 8, width: 12 },
  { batch: 1, heads: 1, queries: 21, keys: 20, depth: 8, width: 20 },
];
const kinds = ['plain', 'causal', 'biased', 'one query sees nothing', 'large'] as const;

/** What one row of the tables attends to, with everything the contracts make of it in float64. */
export function* attended(): Generator<Attended> {
  for (const z of shapes) for (const kind of kinds) yield attend(z, kind);
}

export interface Attended {
  name: string;
  sizes: Sizes;
  masked: boolean;
  params: Record<string, number>;
  inputs: Record<'q' | 'k' | 'v' | 'bias' | 'g', Float32Array>;
  /** Results and gradients by binding name. */
  expect: Record<'y' | 'lse' | 'stats' | 'w' | 'ds' | 'dq' | 'dk' | 'dv', Float64Array>;
  /** For y and lse, and for the gradients. */
  tolerance: number;
  slack: number;
}

function attend(z: Sizes, kind: (typeof kinds)[number]): Attended {
  const heads = z.batch * z.heads;
  const gain = kind === 'large' ? 40 : 1;
  const q = ramp(heads * z.queries * z.depth).map((x) => gain * x);
  const k = ramp(heads * z.keys * z.depth, 3);
  const v = ramp(heads * z.keys * z.width, 5);
  const g = ramp(heads * z.queries * z.width, 11);
  const bias = ramp(z.queries * z.keys, 7);
  if (kind === 'one query sees nothing') {
    bias.fill(Number.NEGATIVE_INFINITY, z.keys * (z.queries - 1));
  }
  const masked = kind === 'biased' || kind === 'one query sees nothing';
  const causal = kind === 'causal';
  const seen = (t: number, s: number) => {
    if (masked) return bias[t * z.keys + s];
    return causal && s > t ? Number.NEGATIVE_INFINITY : 0;
  };
  const inputs = { q, k, v, bias, g };
  const strides = { bias_b: 0, bias_h: 0, bias_t: z.keys, bias_s: 1 };
  return {
    name: `${kind}, ${Object.entries(z).flat().join(' ')}`,
    sizes: z,
    masked,
    params: { ...z, scale, causal: +causal, masked: +masked, ...strides },
    inputs,
    expect: expected(z, inputs, seen),
    // a score is a sum of `depth` rounded products; a gradient sums what such weights differ by
    tolerance: (4 + z.depth / 4) * 1e-6 * gain,
    slack: (12 + z.depth) * 1e-6 * gain * gain,
  };
}

/** y, lse and the gradients for the cotangent g; `bias` is -Infinity where nothing is seen. */
function expected(
  { batch, heads, queries, keys, depth, width }: Sizes,
  { q, k, v, g }: Record<'q' | 'k' | 'v' | 'g', Float32Array>,
  bias: (t: number, s: number) => number,
): Attended['expect'] {
  const rows = batch * heads * queries;
  const [y, lse, stats] = [rows * width, rows, 2 * rows].map((n) => new Float64Array(n));
  const [w, ds] = [0, 1].map(() => new Float64Array(rows * keys)); // weights, slopes of q·k
  const [dq, dk, dv] = [q, k, v].map(({ length }) => new Float64Array(length));
  const inner = (a: Float32Array, i: number, b: Float32Array, j: number, n: number) => {
    let sum = 0;
    for (let c = 0; c < n; c++) sum += a[i * n + c] * b[j * n + c];
    return sum;
  };
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(row / queries) * keys;
    const scores = Array.from(
      { length: keys },
      (_, s) => scale * inner(q, row, k, first + s, depth) + bias(row % queries, s),
    );
    const top = Math.max(...scores);
    const parts = scores.map((x) => (top > -1e30 ? Math.exp(x - top) : 0));
    const sum = parts.reduce((a, b) => a + b, 0);
    const weights = parts.map((x) => (sum > 0 ? x / sum : 0));
    lse[row] = sum > 0 ? top + Math.log(sum) : 0;
    const slopes = weights.map((_, s) => inner(g, row, v, first + s, width));
    const delta = weights.reduce((a, w, s) => a + w * slopes[s], 0);
    stats.set([lse[row], delta], 2 * row);
    w.set(weights, row * keys);
    weights.forEach((weight, s) => {
      const at = first + s;
      for (let c = 0; c < width; c++) {
        y[row * width + c] += weight * v[at * width + c];
        dv[at * width + c] += weight * g[row * width + c];
      }
      const slope = scale * weight * (slopes[s] - delta);
      ds[row * keys + s] = slope;
      for (let c = 0; c < depth; c++) {
        dq[row * depth + c] += slope * k[at * depth + c];
        dk[at * depth + c] += slope * q[row * depth + c];
      }
    });
  }
  return { y, lse, stats, w, ds, dq, dk, dv };
}

/** Whether a variant is meant for the row: fours of columns, and no bias between the lanes. */
export const applies =
  ({ sizes, masked }: Attended): Case['applies'] =>
  ({ file }: Kernel) => {
    if (/naive/.test(file)) return true;
    if (sizes.depth % 4 || sizes.width % 4) return false;
    return !(masked && /subgroup/.test(file));
  };
