import { byEntries, type Result } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky, uniform } from './numbers.ts';

/** (x - mean) / sqrt(variance + 1e-5) · scale + shift of each row. */
export interface LayerNorm {
  kind: 'layerNorm';
  rows: number;
  n: number;
}

/** What is added to the variance, for all contestants. */
export const EPSILON = 1e-5;

export const layerNorm: Kind<LayerNorm> = {
  mode: 'throughput',
  shape: ({ rows, n }) => `[${rows},${n}]`,
  flops: () => 0,
  bytes: ({ rows, n }) => 4 * (2 * rows * n + 2 * n),
  inputs({ rows, n }, random) {
    // Some rows lie far from 0: a variance from the mean of squares drowns there.
    const x = spiky(rows * n, random).map((v, i) => (Math.floor(i / n) % 61 === 30 ? v + 1000 : v));
    return { x, scale: uniform(n, 1, random), shift: uniform(n, 1, random) };
  },
  judge({ rows, n }, { x, scale, shift }) {
    const result: Result = {
      size: rows * n,
      entry(i) {
        const row = x.subarray(i - (i % n), i - (i % n) + n);
        const mean = row.reduce((a, b) => a + b, 0) / n;
        const size = row.reduce((a, b) => a + Math.abs(b), 0) / n;
        const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
        const factor = scale[i % n] / Math.sqrt(variance + EPSILON);
        const value = (x[i] - mean) * factor + shift[i % n];
        const rounded = (Math.abs(x[i]) + size) * Math.abs(factor) + Math.abs(shift[i % n]);
        return { value, scale: rounded };
      },
    };
    return byEntries([result], { most: 4096 });
  },
};
