import type { Case } from './case.ts';
import { byFours, flat, narrow } from './flat.ts';
import { eliminate, heavy } from './lu.ts';

/** The inverse by Gauss and Jordan, in float64. */
function invert(a: ArrayLike<number>, n: number): number[] {
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) => (j < n ? a[i * n + j] : +(j - n === i))),
  );
  for (let k = 0; k < n; k++) {
    const size = (row: number[]) => Math.abs(row[k]);
    const best = rows.slice(k).reduce((p, row) => (size(row) > size(p) ? row : p));
    rows[rows.indexOf(best)] = rows[k];
    rows[k] = best.map((v) => v / best[k]);
    rows.forEach((row, r) => {
      if (r !== k) rows[r] = row.map((v, j) => v - row[k] * rows[k][j]);
    });
  }
  return rows.flatMap((row) => row.slice(n));
}

function inverted(
  name: string,
  a: Float32Array,
  batch: number,
  n: number,
  wanted?: number[],
): Case {
  const parts = Array.from({ length: batch }, (_, m) => a.subarray(m * n * n, (m + 1) * n * n));
  const factors = parts.map((part) => eliminate(part, n));
  return {
    name: `${name} [${batch}, ${n}, ${n}]`,
    params: { batch, n, nan: 0x7fc00000 },
    buffers: {
      lu: Float32Array.from(factors.flatMap((f) => [...f.lu])),
      order: Uint32Array.from(factors.flatMap((f) => f.order)),
    },
    overrides: narrow,
    groups: flat(batch * n),
    applies: (kernel) => n % 4 === 0 || !byFours(kernel),
    expect: { y: wanted ?? parts.flatMap((part) => invert(part, n)) },
    tolerance: 4e-6,
  };
}

export const cases: Case[] = [
  inverted('heavy', heavy(1, 1), 1, 1),
  inverted('heavy', heavy(3, 3), 3, 3),
  inverted('heavy', heavy(2, 7), 2, 7),
  inverted('heavy', heavy(2, 4), 2, 4),
  inverted('heavy', heavy(3, 12), 3, 12),
  inverted(
    'singular',
    Float32Array.from({ length: 16 }, (_, i) => i),
    1,
    4,
    Array(16).fill(Number.NaN),
  ),
  inverted('singular', Float32Array.of(1, 2, 2, 4), 1, 2, Array(4).fill(Number.NaN)),
];
