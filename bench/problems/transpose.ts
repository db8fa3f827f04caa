import { byEntries } from './entries.ts';
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
    const entry = (i: number) => {
      const value = x[(i % rows) * columns + Math.floor(i / rows)];
      return { value, scale: Math.abs(value) * 1e-9 }; // nothing rounds
    };
    return byEntries([{ size: rows * columns, entry }], { most: 65536 });
  },
};
