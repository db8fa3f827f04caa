import type { Case } from './case.ts';
import { lineGroups, ramp, shrink, withNaN } from './line.ts';

const folds = [
  (a: number, b: number) => a + b,
  (a: number, b: number) => (Number.isNaN(a) || a > b ? a : b),
  (a: number, b: number) => (Number.isNaN(a) || a < b ? a : b),
  (a: number, b: number) => a * b,
  (a: number, b: number) => a + b * b,
];
const starts = [0, -Infinity, Infinity, 1, 0];
const names = ['sum', 'max', 'min', 'product', 'sum of squares'];

function expected(x: Float32Array, [outer, n, inner]: number[], chunk: number, OP: number) {
  const chunks = Math.ceil(n / chunk);
  return Array.from({ length: outer * chunks * inner }, (_, e) => {
    const [o, c, i] = [Math.floor(e / inner / chunks), Math.floor(e / inner) % chunks, e % inner];
    let y = starts[OP];
    for (let j = c * chunk; j < Math.min(n, (c + 1) * chunk); j++) {
      y = folds[OP](y, x[(o * n + j) * inner + i]);
    }
    return y;
  });
}

/** The shapes [outer, n, inner] and the chunk of each. */
const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 7, 5, 7],
  [2, 9, 8, 4],
  [3, 20, 1, 8],
  [1, 21, 1, 8],
  [1, 37, 1, 37],
  [2, 13, 1, 13],
  [67, 2, 1, 2],
  [2, 5, 32, 3],
  [3, 48, 1, 48],
  [2, 64, 1, 32],
];

const applies = (file: string, [outer, n, inner, chunk]: number[]): boolean => {
  if (/columns/.test(file)) return inner % (/wide/.test(file) ? 16 : 4) === 0;
  if (/wide/.test(file)) return inner === 1 && n % 16 === 0 && chunk % 16 === 0;
  if (!/rows|subgroup/.test(file)) return true;
  return inner === 1 && (outer === 1 || n % 4 === 0) && (chunk >= n || chunk % 4 === 0);
};

export const cases: Case[] = shapes.flatMap((shape) => {
  const [outer, n, inner, chunk] = shape;
  const chunks = Math.ceil(n / chunk);
  return names.flatMap((name, OP) =>
    [false, true].map((poisoned): Case => {
      const x = poisoned ? withNaN(ramp(outer * n * inner)) : ramp(outer * n * inner);
      return {
        name: `${name} of [${outer}, ${n}, ${inner}] by ${chunk}${poisoned ? ' with a NaN' : ''}`,
        params: { outer, n, inner, chunk, chunks },
        buffers: { x, y: new Float32Array(outer * chunks * inner) },
        overrides: { OP, BLOCK: 3, SIZE: 4, ...shrink },
        groups: (kernel, o) => {
          const wide = /wide_columns/.test(kernel.file) ? 16 : /columns/.test(kernel.file) ? 4 : 1;
          if (/subgroup/.test(kernel.file)) return [outer * chunks, 1, 1]; // none beyond the last
          return lineGroups(kernel, o, outer * chunks, inner / wide);
        },
        applies: (kernel) => applies(kernel.file, shape),
        expect: { y: expected(x, [outer, n, inner], chunk, OP) },
      };
    }),
  );
});
