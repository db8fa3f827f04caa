import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

/** Sizes [inner, segments] and the rising ids: with gaps, long runs, and ids of no segment. */
const shapes: [number, number, number[]][] = [
  [1, 1, [0]],
  [1, 5, [0, 0, 0, 1, 3, 3, 3, 3, 3, 3, 3, 4]],
  [3, 4, [1, 1, 2, 2, 2, 7]],
  [8, 3, [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]],
  [5, 2, [4, 4]],
];

export const cases: Case[] = shapes.map(([inner, segments, ids]): Case => {
  const x = ramp(ids.length * inner);
  const y = new Array(segments * inner).fill(0);
  ids.forEach((s, j) => {
    for (let i = 0; s < segments && i < inner; i++) y[s * inner + i] += x[j * inner + i];
  });
  return {
    name: `${ids.length} rows of ${inner} in ${segments}`,
    params: { rows: ids.length, inner, segments },
    buffers: { x, ids: Uint32Array.from(ids), y: new Float32Array(y.length) },
    overrides: { BLOCK: 3, WIDTH: 4, WX: 2, WY: 4 },
    groups: ({ file }, o) =>
      folded(
        /tree/.test(file)
          ? segments * Math.ceil(inner / o.WX)
          : Math.ceil((segments * inner) / (/columns/.test(file) ? 4 : 1) / o.WIDTH),
      ),
    applies: ({ file }) => !/columns/.test(file) || inner % 4 === 0,
    expect: { y },
  };
});
