import { byEntries, exact } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** A matrix [rows, columns] turned, in memory. */
export interface Transpose {
  kind: 'transpose';
  rows: number;
  columns: number;
}

export const transpose: Kind<Transpose> = {
  mode: 'throughput',
  shape: ({ rows, columns }) => `[${rows},${columns}]`,
  flops: () => 0,
  bytes: ({ rows, columns }) => 4 * 2 * rows * columns,
  inputs: ({ rows, columns }, random) => ({ x: spiky(rows * columns, random) }),
  judge({ rows, columns }, { x }) {
    const entry = (i: number) => exact(x[(i % rows) * columns + Math.floor(i / rows)]);
    return byEntries([{ size: rows * columns, entry }], { most: 65536 });
  },
};
