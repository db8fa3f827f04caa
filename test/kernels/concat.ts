import type { Case } from './case.ts';
import { bitsOf, byFours, flat, narrow } from './flat.ts';
import { ramp } from './line.ts';

/** One tensor [outer, inner] put into [outer, width] at offset; what was there stays. */
function placed(outer: number, inner: number, width: number, offset: number, unit = 1): Case {
  const x = bitsOf(ramp(outer * inner));
  const before = Uint32Array.from({ length: outer * width }, (_, e) => e);
  const y = before.map((word, e) => {
    const i = (e % width) - offset;
    return i >= 0 && i < inner ? x[Math.floor(e / width) * inner + i] : word;
  });
  return {
    name: `[${outer}, ${inner}] into [${outer}, ${width}] at ${offset}${unit > 1 ? ' in fours' : ''}`,
    params: { outer, inner: inner / unit, width: width / unit, offset: offset / unit },
    buffers: { x, y: before },
    overrides: narrow,
    groups: flat(x.length),
    expect: { y },
    applies: (kernel) => byFours(kernel) === (unit === 4),
  };
}

export const cases: Case[] = [
  placed(1, 1, 1, 0),
  placed(3, 2, 7, 5),
  placed(1, 13, 20, 3),
  placed(5, 3, 3, 0),
  placed(3, 8, 20, 4, 4),
  placed(1, 16, 16, 0, 4),
];
