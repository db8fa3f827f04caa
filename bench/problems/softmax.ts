import { byEntries, type Result } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** Softmax of each row. */
export interface Softmax {
  kind: 'softmax';
  rows: number;
  n: number;
}

export const softmax: Kind<Softmax> = {
  mode: 'throughput',
  shape: ({ rows, n }) => `[${rows},${n}]`,
  flops: () => 0,
  bytes: ({ rows, n }) => 4 * 2 * rows * n,
  inputs: ({ rows, n }, random) => ({ x: spiky(rows * n, random) }),
  judge({ rows, n }, { x }) {
    const result: Result = {
      size: rows * n,
      entry(i) {
        const row = x.subarray(i - (i % n), i - (i % n) + n);
        const top = row.reduce((a, b) => Math.max(a, b));
        const sum = row.reduce((a, b) => a + Math.exp(b - top), 0);
        const value = Math.exp(x[i] - top) / sum;
        // x - top is rounded, and WGSL's exp errs by 3 + 2|x| units; below 2^-126 is 0
        return { value, scale: value * (1 + top - x[i]) + 1e-32 };
      },
    };
    return byEntries([result]);
  },
};
