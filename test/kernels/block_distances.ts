import type { Case } from './case.ts';
import { groupsOf, lengths, pairs, readsFours, table } from './pairs.ts';

export const cases: Case[] = pairs.map((pair): Case => {
  const { name, m, n, d, self, x, y } = pair;
  const blocks = Math.ceil(n / 16);
  const squared = table(pair);
  const least = Array.from({ length: blocks }, (_, b) =>
    squared.map((row) => Math.min(...row.slice(16 * b, 16 * b + 16))),
  ).flat();
  return {
    name,
    params: { m, n, d },
    buffers: { x, xx: lengths(x, d), y, yy: lengths(y, d), least: new Float32Array(blocks * m) },
    overrides: { SELF: +!!self, SIZE: 4 },
    groups: (kernel, o) => groupsOf(kernel, o, pair, blocks * m),
    applies: (kernel) => readsFours(kernel, pair),
    expect: { least },
    tolerance: 0,
  };
});
