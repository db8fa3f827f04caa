import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

const shapes = [
  [1, 1],
  [70, 3],
  [9, 4],
  [17, 36],
  [5, 64],
];

export const cases: Case[] = shapes.map(([rows, width]) => {
  const [y, g, lse] = [ramp(rows * width), ramp(rows * width, 3), ramp(rows, 5)];
  const stats = Array.from(lse).flatMap((value, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += y[i] * g[i];
    return [value, sum];
  });
  return {
    name: `[${rows}, ${width}]`,
    params: { rows, width },
    buffers: { y, g, lse, stats: new Float32Array(2 * rows) },
    groups: ({ file }, o) => folded(Math.ceil(rows / (/eights/.test(file) ? 8 : o.WIDTH))),
    applies: ({ file }) => !/eights/.test(file) || width % 4 === 0,
    expect: { stats },
    tolerance: 4e-6,
  };
});
