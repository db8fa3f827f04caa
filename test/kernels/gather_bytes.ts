import type { Case } from './case.ts';
import { byFours, flat, narrow, picks } from './flat.ts';

function gathered(outer: number, rows: number, inner: number, index: Uint32Array): Case {
  const size = outer * rows * inner;
  const bytes = new Uint8Array(Math.ceil(size / 4) * 4);
  bytes.set(Uint8Array.from({ length: size }, (_, i) => 255 - 37 * i));
  const y: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const r of index) {
      for (let i = 0; i < inner; i++)
        y.push(r < rows ? bytes[(o * rows + r) * inner + i] : Number.NaN);
    }
  }
  return {
    name: `[${outer}, ${rows}, ${inner}] at ${index.length}`,
    params: { outer, rows, inner, n: index.length, missing: 0x7fc00000 },
    buffers: { table: new Uint32Array(bytes.buffer), index },
    overrides: narrow,
    groups: flat(y.length),
    expect: { y },
    applies: (kernel) => !byFours(kernel) || inner % 4 === 0,
  };
}

export const cases: Case[] = [
  gathered(1, 1, 1, Uint32Array.of(0)),
  gathered(1, 5, 3, picks(7, 5)),
  gathered(3, 3, 1, picks(4, 3)),
  gathered(1, 4, 12, picks(6, 4)),
  gathered(2, 3, 4, Uint32Array.of(2, 3, 0, 0xffffffff)),
];
