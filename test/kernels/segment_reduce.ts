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

function segmented(OP: 0 | 1, inner: number, segments: number, ids: number[]): Case {
  const x = ramp(ids.length * inner);
  if (OP && x.length > 20) x[20] = Number.NaN;
  const y = new Array(segments * inner).fill(OP ? Number.NEGATIVE_INFINITY : 0);
  ids.forEach((s, j) => {
    for (let i = 0; s < segments && i < inner; i++) {
      const [at, v] = [s * inner + i, x[j * inner + i]];
      y[at] = OP ? Math.max(y[at], v) : y[at] + v;
    }
  });
  return {
    name: `${OP ? 'maxima' : 'sums'} of ${ids.length} rows of ${inner} in ${segments}`,
    params: { rows: ids.length, inner, segments },
    buffers: { x, ids: Uint32Array.from(ids), y: new Float32Array(y.length) },
    overrides: { OP, BLOCK: 3, WIDTH: 4, WX: 2, WY: 4 },
    groups: ({ file }, o) =>
      folded(
        /tree/.test(file)
          ? segments * Math.ceil(inner / o.WX)
          : Math.ceil((segments * inner) / (/columns/.test(file) ? 4 : 1) / o.WIDTH),
      ),
    applies: ({ file }) => !/columns/.test(file) || inner % 4 === 0,
    expect: { y },
  };
}

export const cases: Case[] = ([0, 1] as const).flatMap((OP) =>
  shapes.map(([inner, segments, ids]) => segmented(OP, inner, segments, ids)),
);
