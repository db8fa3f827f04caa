import type { Case } from './case.ts';
import { folded } from './line.ts';
import { attended, type Sizes } from './weights.ts';

function groupsOf(file: string, z: Sizes, o: Record<string, number>): number {
  const all = z.batch * z.heads;
  if (/subgroup/.test(file)) {
    return all * Math.ceil(z.queries / 16) * Math.ceil(z.keys / (8 * o.SIZE));
  }
  return Math.ceil((all * z.queries * pitchOf(z)) / o.WIDTH);
}

/** Places of a row of weights: the keys, filled up to whole fours. */
const pitchOf = ({ keys }: Sizes): number => 4 * Math.ceil(keys / 4);

/** Rows of keys with zeros up to the pitch. */
function padded(x: Float64Array, z: Sizes): Float64Array {
  const pitch = pitchOf(z);
  const y = new Float64Array((x.length / z.keys) * pitch);
  x.forEach((v, i) => {
    y[Math.floor(i / z.keys) * pitch + (i % z.keys)] = v;
  });
  return y;
}

export const cases: Case[] = [...attended()].flatMap((row) => {
  const { name, sizes, params, inputs, slack } = row;
  if (row.masked) return [];
  const { y, lse } = row.expect;
  const [w, ds] = [row.expect.w, row.expect.ds].map((x) => padded(x, sizes));
  const { q, k, v, g } = inputs;
  return {
    name,
    params: { ...sizes, pitch: pitchOf(sizes), scale: params.scale, causal: params.causal },
    buffers: {
      ...{ q, k, v, g, y: Float32Array.from(y), lse: Float32Array.from(lse) },
      // zeros, as the tiles that nobody sees are not written
      ...{ w: new Float32Array(w.length), ds: new Float32Array(ds.length) },
    },
    groups: ({ file }, o) => folded(groupsOf(file, sizes, o)),
    applies: ({ file }) => /naive/.test(file) || (sizes.depth | sizes.width) % 4 === 0,
    expect: { w, ds },
    tolerance: slack,
  };
});
