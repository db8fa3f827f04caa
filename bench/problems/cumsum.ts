import { byEntries, known } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** Running sums along each row. */
export interface Cumsum {
  kind: 'cumsum';
  rows: number;
  n: number;
}

export const cumsum: Kind<Cumsum> = {
  mode: 'throughput',
  shape: ({ rows, n }) => `[${rows},${n}]`,
  flops: ({ rows, n }) => rows * n,
  bytes: ({ rows, n }) => 4 * 2 * rows * n,
  inputs: ({ rows, n }, random) => ({ x: spiky(rows * n, random) }),
  judge({ n }, { x }) {
    const values = Float64Array.from(x);
    const scales = Float64Array.from(x, Math.abs);
    for (let i = 0; i < x.length; i++) {
      if (i % n === 0) continue;
      values[i] += values[i - 1];
      scales[i] += scales[i - 1];
    }
    return byEntries([known(values, scales)], { most: 65536 });
  },
};
