import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 7, 2, 5],
  [2, 4, 9, 1],
];

export const cases: Case[] = shapes.map(([outer, n, k, inner], i) => {
  const SIGN = i % 2 ? -1 : 1;
  const x = ramp(outer * n * inner);
  const size = outer * k * inner;
  const index = Uint32Array.from({ length: size }, (_, i) => (i * 5 + 2) % n);
  if (size > 9) index[7] = n; // beyond the end
  return {
    name: `${SIGN} x ${k} of ${n} in [${outer}, ${n}, ${inner}]`,
    params: { size, n, k, inner },
    buffers: { x, index, y: new Float32Array(size) },
    overrides: { WIDTH: 4, SIGN },
    groups: (_, o) => folded(Math.ceil(size / o.WIDTH)),
    expect: {
      y: Array.from(index, (j, e) => {
        const o = Math.floor(e / (k * inner));
        return j < n ? SIGN * x[(o * n + j) * inner + (e % inner)] : Number.NaN;
      }),
    },
  };
});
