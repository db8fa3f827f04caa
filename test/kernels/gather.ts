import type { Case } from './case.ts';
import { bitsOf, byFours, flat, narrow, picks } from './flat.ts';
import { ramp } from './line.ts';

const MISSING = 0x7fc00000;

function gathered(outer: number, rows: number, inner: number, index: Uint32Array): Case {
  const table = bitsOf(ramp(outer * rows * inner));
  const y: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const r of index) {
      for (let i = 0; i < inner; i++)
        y.push(r < rows ? table[(o * rows + r) * inner + i] : MISSING);
    }
  }
  return {
    name: `[${outer}, ${rows}, ${inner}] at ${index.length}`,
    params: { outer, rows, inner, n: index.length, missing: MISSING },
    buffers: { table, index },
    overrides: narrow,
    groups: flat(y.length),
    expect: { y },
    applies: (kernel) => !byFours(kernel) || inner % 4 === 0,
  };
}

export const cases: Case[] = [
  gathered(1, 1, 1, Uint32Array.of(0)),
  gathered(1, 5, 3, picks(7, 5)),
  gathered(2, 7, 1, picks(3, 7)),
  gathered(3, 4, 5, picks(2, 4)),
  gathered(1, 6, 8, picks(5, 6)),
  gathered(2, 3, 4, picks(9, 3)),
  gathered(2, 3, 4, Uint32Array.of(2, 3, 0, 0xffffffff)),
];
