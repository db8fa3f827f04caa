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
  [3, 160, 1, 160],
  [2, 96, 1, 64],
  [2, 15, 16, 8],
];

const applies = (file: string, [outer, n, inner, chunk]: number[]): boolean => {
  if (/columns/.test(file)) return inner % (/wide/.test(file) ? 16 : 4) === 0;
  if (/wide/.test(file)) return inner === 1 && n % 32 === 0 && chunk % 32 === 0;
  if (!/rows|subgroup/.test(file)) return true;
  return inner === 1 && (outer === 1 || n % 4 === 0) && (chunk >= n || chunk % 4 === 0);
};

type Fill = (x: Float32Array) => Float32Array;
/** What lines hold. The first two for all folds, the others for maximum and minimum. */
const fills: Record<string, Fill> = {
  '': (x) => x,
  ' with a NaN': withNaN,
  ' with a NaN of negative sign': (x) => {
    const y = Float32Array.from(x);
    new Uint32Array(y.buffer)[y.length >> 1] = 0xffc00000;
    return y;
  },
  ' with both infinities': (x) =>
    x.map((v, i) => (i % 5 === 1 ? -Infinity : i % 5 === 3 ? Infinity : v)),
  ' below 0': (x) => x.map((v) => -0.5 - Math.abs(v)),
  ' of zeros': (x) => x.map((_, i) => (i % 3 ? 0 : -0)),
};

function caseOf(shape: [number, number, number, number], OP: number, fill: string): Case {
  const [outer, n, inner, chunk] = shape;
  const chunks = Math.ceil(n / chunk);
  const x = fills[fill](ramp(outer * n * inner));
  return {
    name: `${names[OP]} of [${outer}, ${n}, ${inner}] by ${chunk}${fill}`,
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
}

export const cases: Case[] = shapes.flatMap((shape) =>
  names.flatMap((_, OP) => {
    const some = Object.keys(fills).slice(0, OP === 1 || OP === 2 ? undefined : 2);
    return some.map((fill) => caseOf(shape, OP, fill));
  }),
);
