import type { Case } from './case.ts';
import { folded } from './line.ts';
import { applies, attended, type Sizes } from './weights.ts';

function groupsOf(file: string, { batch, heads, queries, width }: Sizes, o: Overrides): number {
  const all = batch * heads;
  if (/tiled/.test(file)) return all * Math.ceil(queries / 32) * Math.ceil(width / 32);
  if (/subgroup/.test(file)) return all * Math.ceil(queries / 8) * Math.ceil(width / (8 * o.SIZE));
  return Math.ceil((all * queries * width) / o.WIDTH);
}
type Overrides = Record<string, number>;

export const cases: Case[] = [...attended()].map((row) => {
  const { name, params, inputs, tolerance } = row;
  const { y, lse } = row.expect;
  return {
    name,
    params,
    buffers: {
      ...{ q: inputs.q, k: inputs.k, v: inputs.v, bias: inputs.bias },
      ...{ y: new Float32Array(y.length), lse: new Float32Array(lse.length) },
    },
    groups: ({ file }, o) => folded(groupsOf(file, row.sizes, o)),
    applies: applies(row),
    expect: { y, lse },
    tolerance,
  };
});
