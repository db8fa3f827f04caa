import type { Case } from './case.ts';
import { folded, linesOf, ramp, withNaN } from './line.ts';

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [5, 7, 3],
  [2, 6, 6],
  [3, 19, 2],
  [2, 5, 0],
];
const inputs: [string, (x: Float32Array) => Float32Array][] = [
  ['distinct', (x) => x],
  ['ties', (x) => x.map((v) => Math.round(v))],
  ['NaN', withNaN],
];

/** The places of a row in falling order; NaN first, equals as they lie. */
function order(v: number[]): number[] {
  const key = (x: number) => (Number.isNaN(x) ? Number.POSITIVE_INFINITY : x);
  return [...v.keys()].sort((i, j) => key(v[j]) - key(v[i]) || i - j);
}

export const cases: Case[] = shapes.flatMap(([rows, n, k]) =>
  inputs.map(([kind, make]): Case => {
    const x = make(ramp(rows * n));
    const places = linesOf(x, rows, n, 1).map((v) => order(v).slice(0, k));
    const values = places.flatMap((row, r) => row.map((j) => x[r * n + j]));
    return {
      name: `${k} of rows of ${n}, ${kind}`,
      params: { rows, n, k },
      buffers: { x, values: new Float32Array(rows * k), indices: new Uint32Array(rows * k) },
      overrides: { WIDTH: 4 },
      groups: (kernel, o) => folded(/tree/.test(kernel.file) ? rows : Math.ceil(rows / o.WIDTH)),
      expect: { values, indices: places.flat() },
    };
  }),
);
