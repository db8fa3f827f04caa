import type { Case } from './case.ts';
import { groupsOf, lengths, pairs, readsFours, table } from './pairs.ts';

/** Squared lengths, then radii. Some radii are distances that there are, so that rows lie on balls. */
const balls = (squares: Float32Array, radii: number[]) => Float32Array.from([...squares, ...radii]);

/** Counts of `hit` per block of 16: [blocks of `over`, `of`]. */
const perBlock = (of: number, over: number, hit: (i: number, j: number) => boolean): number[] =>
  Array.from({ length: Math.ceil(over / 16) * of }, (_, e) => {
    const [i, first] = [e % of, 16 * Math.floor(e / of)];
    let count = 0;
    for (let j = first; j < Math.min(first + 16, over); j++) count += +hit(i, j);
    return count;
  });

export const cases: Case[] = pairs.map((pair): Case => {
  const { name, m, n, d, x, y } = pair;
  const squared = table(pair);
  const [ofX, ofY] = [
    squared.map((row, i) => [...row].sort((a, b) => a - b)[Math.min(i % 7, n - 1)]),
    Array.from({ length: n }, (_, j) => squared[j % m][j] + (j % 3) - 1),
  ];
  const rows = m * Math.ceil(n / 16);
  const columns = n * Math.ceil(m / 16);
  return {
    name,
    params: { m, n, d, slack: 0 },
    buffers: {
      ...{ x, xball: balls(lengths(x, d), ofX), y, yball: balls(lengths(y, d), ofY) },
      ...{ members: new Float32Array(rows), holders: new Float32Array(rows) },
      holding: new Float32Array(columns),
    },
    overrides: { SIZE: 4 },
    groups: (kernel, o) => groupsOf(kernel, o, pair, rows + columns),
    applies: (kernel) => readsFours(kernel, pair),
    expect: {
      members: perBlock(m, n, (i, j) => squared[i][j] < ofX[i]),
      holders: perBlock(m, n, (i, j) => squared[i][j] < ofY[j]),
      holding: perBlock(n, m, (j, i) => squared[i][j] < ofX[i]),
    },
    tolerance: 0,
  };
});
