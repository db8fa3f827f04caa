import type { Case } from './case.ts';
import { folded } from './line.ts';
import { applies, attended, type Sizes } from './weights.ts';

function groupsOf(file: string, z: Sizes, o: Record<string, number>): number {
  const [all, columns] = [z.batch * z.heads, Math.max(z.depth, z.width)];
  if (/tiled/.test(file)) return all * Math.ceil(z.keys / 32) * Math.ceil(columns / 32);
  if (/subgroup/.test(file)) return all * Math.ceil(z.keys / 4) * Math.ceil(columns / (8 * o.SIZE));
  return Math.ceil((all * z.keys * columns) / o.WIDTH);
}

export const cases: Case[] = [...attended()].map((row) => {
  const { name, params, inputs, slack } = row;
  const { stats, dk, dv } = row.expect;
  return {
    name,
    params,
    buffers: {
      ...{ ...inputs, stats: Float32Array.from(stats) },
      ...{ dk: new Float32Array(dk.length), dv: new Float32Array(dv.length) },
    },
    groups: ({ file }, o) => folded(groupsOf(file, row.sizes, o)),
    applies: applies(row),
    expect: { dk, dv },
    tolerance: slack,
  };
});
