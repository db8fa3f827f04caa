import type { Case } from './case.ts';
import { folded } from './line.ts';
import { attended, type Sizes } from './weights.ts';

function groupsOf(file: string, z: Sizes, o: Record<string, number>): number {
  const all = z.batch * z.heads;
  if (/subgroup/.test(file)) {
    return all * Math.ceil(z.queries / 16) * Math.ceil(z.keys / (8 * o.SIZE));
  }
  return Math.ceil((all * z.queries * z.keys) / o.WIDTH);
}

export const cases: Case[] = [...attended()].flatMap((row) => {
  const { name, sizes, params, inputs, slack } = row;
  if (row.masked) return [];
  const { y, lse, w, ds } = row.expect;
  const { q, k, v, g } = inputs;
  return {
    name,
    params: { ...sizes, scale: params.scale, causal: params.causal },
    buffers: {
      ...{ q, k, v, g, y: Float32Array.from(y), lse: Float32Array.from(lse) },
      // zeros, as the tiles that nobody sees are not written
      ...{ w: new Float32Array(w.length), ds: new Float32Array(ds.length) },
    },
    groups: ({ file }, o) => folded(groupsOf(file, sizes, o)),
    applies: ({ file }) => /naive/.test(file) || (sizes.depth | sizes.width | sizes.keys) % 4 === 0,
    expect: { w, ds },
    tolerance: slack,
  };
});
