import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';

// y[o, c, i] = fold of x[o, j, i] over the j of chunk c. What a fold is, in float64:
const folds: ((terms: number[]) => number)[] = [
  (t) => t.reduce((a, b) => a + b, 0),
  (t) => t.reduce((a, b) => Math.max(a, b)),
  (t) => t.reduce((a, b) => Math.min(a, b)),
  (t) => t.reduce((a, b) => a * b, 1),
  (t) => t.reduce((a, b) => a + b * b, 0),
];
const names = ['sum', 'maximum', 'minimum', 'product', 'sum of squares'];

function row(op: number, outer: number, n: number, inner: number, chunk = n, plant?: number): Case {
  const chunks = Math.ceil(n / chunk);
  const x = Float32Array.from({ length: outer * n * inner }, (_, i) => Math.sin(3 * i) + 0.3);
  if (plant !== undefined) x[x.length >> 1] = plant;
  const y: number[] = [];
  for (let o = 0; o < outer; o++)
    for (let c = 0; c < chunks; c++)
      for (let i = 0; i < inner; i++) {
        const terms: number[] = [];
        for (let j = c * chunk; j < Math.min(n, (c + 1) * chunk); j++) {
          terms.push(x[(o * n + j) * inner + i]);
        }
        y.push(folds[op](terms));
      }
  return {
    name: `${names[op]} [${outer}, ${n}, ${inner}] by ${chunk}${plant === undefined ? '' : `, ${plant}`}`,
    params: { outer, n, inner, chunk, chunks },
    overrides: { OP: op, BLOCK: 4, WIDTH: 8, WX: 2, WY: 4, SIZE: 8 },
    buffers: { x },
    groups: (kernel, o) => groups(kernel, o, outer * chunks, inner),
    applies: ({ file }) => applies(file, n, inner, chunk),
    expect: { y },
    tolerance: 1e-5,
  };
}

/** Four at a time needs whole fours in the direction of reading. */
function applies(file: string, n: number, inner: number, chunk: number): boolean {
  if (file === 'reduce/3_columns.wgsl') return inner % 4 === 0;
  const rows = file === 'reduce/4_rows.wgsl' || file === 'reduce/5_subgroup.wgsl';
  return !rows || (inner === 1 && n % 4 === 0 && chunk % 4 === 0);
}

function groups(
  { file }: Kernel,
  o: Record<string, number>,
  rows: number,
  inner: number,
): readonly number[] {
  if (file === 'reduce/2_tree.wgsl') return [rows * Math.ceil(inner / o.WX)];
  if (file === 'reduce/5_subgroup.wgsl') return [rows];
  const outputs = rows * inner;
  return [Math.ceil(outputs / o.WIDTH / (file === 'reduce/3_columns.wgsl' ? 4 : 1))];
}

export const cases: Case[] = [0, 1, 2, 3, 4].flatMap((op) => [
  row(op, 1, 1, 1),
  row(op, 3, 13, 5),
  row(op, 5, 7, 12),
  row(op, 9, 44, 1),
  row(op, 2, 28, 1, 8),
  row(op, 2, 10, 4, 4),
  row(op, 3, 24, 1, 24, Number.NaN),
  row(op, 3, 24, 4, 24, Number.NEGATIVE_INFINITY),
]);
