import type { Case, Words } from './case.ts';
import { folded } from './line.ts';

/** A matrix as its rows, and the transforms of F(2 × 2, 3 × 3), Lavin and Gray, arXiv:1509.09308. */
export type Matrix = readonly (readonly number[])[];
export const G: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
export const BT: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
export const AT: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

export const turned = (m: Matrix): Matrix => m[0].map((_, j) => m.map((row) => row[j]));

/** left · values · leftᵀ. */
export const both = (left: Matrix, values: Matrix): number[][] =>
  left.map((row) =>
    left.map((column) =>
      row.reduce(
        (sum, a, i) => sum + column.reduce((inner, b, j) => inner + a * values[i][j] * b, 0),
        0,
      ),
    ),
  );

/** A square of `side` × `side` numbers, read by `at`. */
export const square = (side: number, at: (y: number, x: number) => number): number[][] =>
  Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => at(y, x)));

/** A row of the transforms, whose threads have four channels each. */
export const transform = (
  name: string,
  params: Record<string, number>,
  input: Record<string, Words>,
  output: string,
  expected: Float64Array,
  elements: number,
): Case => ({
  name,
  params,
  buffers: { ...input, [output]: new Float32Array(expected.length) },
  groups: () => folded(Math.ceil(elements / 256)),
  expect: { [output]: expected },
  tolerance: 2e-6,
});

/** Images cut into tiles of 2 × 2. */
export interface Tiled {
  batch: number;
  oh: number;
  ow: number;
  ch: number;
}

/** Calls `visit` for every tile and channel with its number among the tiles and its corner. */
export function tiles(
  { batch, oh, ow, ch }: Tiled,
  visit: (tile: number, b: number, y: number, x: number, c: number) => void,
): { down: number; across: number; count: number } {
  const [down, across] = [Math.ceil(oh / 2), Math.ceil(ow / 2)];
  const count = batch * down * across;
  for (let q = 0; q < count; q++) {
    const b = Math.floor(q / (down * across));
    const y = 2 * (Math.floor(q / across) % down);
    const x = 2 * (q % across);
    for (let c = 0; c < ch; c++) visit(q, b, y, x, c);
  }
  return { down, across, count };
}

export const images: Tiled[] = [
  { batch: 1, oh: 1, ow: 1, ch: 4 },
  { batch: 2, oh: 5, ow: 6, ch: 8 },
  { batch: 1, oh: 8, ow: 3, ch: 20 },
];
