import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 7, 2, 5],
  [2, 4, 9, 1],
];

export const cases: Case[] = shapes.map(([outer, n, k, inner]) => {
  const x = ramp(outer * k * inner);
  const index = Uint32Array.from(x, (_, i) => (i * 5 + 2) % (n + 1)); // n: beyond the end
  const size = outer * n * inner;
  const y = new Array(size).fill(0);
  index.forEach((j, e) => {
    if (j < n) y[(Math.floor(e / (k * inner)) * n + j) * inner + (e % inner)] += x[e];
  });
  return {
    name: `${k} into ${n} of [${outer}, ${n}, ${inner}]`,
    params: { size, n, k, inner },
    buffers: { x, index, y: new Float32Array(size) },
    overrides: { WIDTH: 4 },
    groups: (_, o) => folded(Math.ceil(size / o.WIDTH)),
    expect: { y },
  };
});
