import type { Kernel } from '../../engine/kernel.ts';
import { folded, ramp } from './line.ts';

/** What the tables of rows beside rows share. */
export interface Pair {
  name: string;
  m: number;
  n: number;
  d: number;
  /** x is y. */
  self?: boolean;
  x: Float32Array;
  y: Float32Array;
}

const sizes: [m: number, n: number, d: number, self?: boolean][] = [
  [1, 1, 1],
  [5, 7, 3],
  [3, 2, 4],
  [37, 50, 8],
  [70, 130, 20],
  [33, 33, 4, true],
  [130, 130, 8, true],
];

/** Whole numbers, so that every sum is exact and there are ties. */
const whole = (n: number, seed: number) => ramp(n, seed).map((v) => Math.round(2 * v));

export const pairs: Pair[] = sizes.map(([m, n, d, self]) => {
  const x = whole(m * d, 1);
  const y = self ? x : whole(n * d, 5);
  return { name: `[${m}, ${d}] beside ${self ? 'itself' : `[${n}, ${d}]`}`, m, n, d, self, x, y };
});

/** Squared length of each row. */
export const lengths = (rows: Float32Array, d: number): Float32Array =>
  Float32Array.from({ length: rows.length / d }, (_, i) =>
    rows.subarray(i * d, i * d + d).reduce((s, v) => s + v * v, 0),
  );

/** Squared distances [m, n]. */
export const table = ({ m, n, d, x, y }: Pair): number[][] =>
  Array.from({ length: m }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let l = 0; l < d; l++) sum += (x[i * d + l] - y[j * d + l]) ** 2;
      return sum;
    }),
  );

/** Workgroups of a variant, `threads` of the naive one. */
export function groupsOf(kernel: Kernel, o: Record<string, number>, pair: Pair, threads: number) {
  if (/naive/.test(kernel.file)) return folded(Math.ceil(threads / 64));
  const [rows, columns] = /tiled/.test(kernel.file) ? [64, 64] : [16, 8 * o.SIZE];
  return folded(Math.ceil(pair.m / rows) * Math.ceil(pair.n / columns));
}

/** Whether a variant can read rows of so many numbers. */
export const readsFours = ({ file }: Kernel, { d }: Pair): boolean =>
  /naive/.test(file) || d % 4 === 0;
