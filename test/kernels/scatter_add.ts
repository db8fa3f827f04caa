import type { Case } from './case.ts';
import { byFours, flat, narrow, picks } from './flat.ts';
import { links } from './index_links.ts';
import { ramp } from './line.ts';

function scattered(outer: number, rows: number, inner: number, index: Uint32Array): Case {
  const n = index.length;
  const values = ramp(outer * n * inner);
  const y = new Float64Array(outer * rows * inner);
  for (let o = 0; o < outer; o++) {
    index.forEach((r, j) => {
      for (let i = 0; i < inner; i++) {
        if (r < rows) y[(o * rows + r) * inner + i] += values[(o * n + j) * inner + i];
      }
    });
  }
  return {
    name: `${n} into [${outer}, ${rows}, ${inner}]`,
    params: { outer, n, inner, rows },
    buffers: { values, ...links(index, rows) },
    overrides: narrow,
    groups: flat(y.length),
    expect: { y },
    tolerance: 2e-6,
    applies: (kernel) => !byFours(kernel) || inner % 4 === 0,
  };
}

export const cases: Case[] = [
  scattered(1, 1, 1, Uint32Array.of(0)),
  scattered(1, 5, 3, picks(7, 5)),
  scattered(2, 3, 1, picks(6, 3)),
  scattered(2, 5, 4, picks(9, 5)),
  scattered(1, 3, 8, picks(16, 3)),
  scattered(
    1,
    2,
    4,
    Uint32Array.from({ length: 13 }, () => 1),
  ),
  scattered(1, 3, 4, Uint32Array.of(1, 3, 0xffffffff, 1)),
  scattered(1, 3, 4, new Uint32Array(0)),
];
