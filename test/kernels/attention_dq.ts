import type { Case } from './case.ts';
import { folded } from './line.ts';
import { applies, attended, type Sizes } from './weights.ts';

function groupsOf(file: string, { batch, heads, queries, depth }: Sizes, o: Overrides): number {
  const all = batch * heads;
  if (/tiled/.test(file)) return all * Math.ceil(queries / 32) * Math.ceil(depth / 32);
  if (/subgroup/.test(file)) return all * Math.ceil(queries / 8) * Math.ceil(depth / (8 * o.SIZE));
  return Math.ceil((all * queries * depth) / o.WIDTH);
}
type Overrides = Record<string, number>;

export const cases: Case[] = [...attended()].map((row) => {
  const { name, params, inputs, slack } = row;
  const { stats, dq } = row.expect;
  return {
    name,
    params,
    buffers: { ...inputs, stats: Float32Array.from(stats), dq: new Float32Array(dq.length) },
    groups: ({ file }, o) => folded(groupsOf(file, row.sizes, o)),
    applies: applies(row),
    expect: { dq },
    tolerance: slack,
  };
});
