import { byEntries, exact, type Result, total } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** Sum, mean or largest element of a matrix: of all of it, or along one axis. */
export interface Reduce {
  kind: 'reduce';
  fold: 'sum' | 'mean' | 'max';
  rows: number;
  columns: number;
  axis: 'full' | 0 | 1;
}

/** Results, and how many numbers each is of. */
function counts({ rows, columns, axis }: Reduce): { results: number; each: number } {
  if (axis === 'full') return { results: 1, each: rows * columns };
  return axis === 0 ? { results: columns, each: rows } : { results: rows, each: columns };
}

export const reduce: Kind<Reduce> = {
  mode: 'throughput',
  shape: ({ rows, columns, axis }) =>
    `[${rows},${columns}] ${axis === 'full' ? 'full' : `axis ${axis}`}`,
  flops: ({ rows, columns }) => rows * columns,
  bytes: (p) => 4 * (p.rows * p.columns + counts(p).results),
  inputs: ({ rows, columns }, random) => ({ x: spiky(rows * columns, random) }),
  judge(problem, { x }) {
    const { fold, columns, axis } = problem;
    const { results, each } = counts(problem);
    const at = (i: number, j: number) => x[axis === 0 ? j * columns + i : i * each + j];
    const result: Result = {
      size: results,
      entry(i) {
        if (fold === 'max') {
          let value = Number.NEGATIVE_INFINITY;
          for (let j = 0; j < each; j++) value = Math.max(value, at(i, j));
          return exact(value);
        }
        const { value, scale } = total(each, (j) => at(i, j));
        const over = fold === 'mean' ? each : 1;
        return { value: value / over, scale: scale / over };
      },
    };
    return byEntries([result]);
  },
};
