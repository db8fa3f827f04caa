import type { Case } from './case.ts';
import { byFours, flat, narrow } from './flat.ts';
import { ramp } from './line.ts';

function written(outer: number, rows: number, inner: number, n: number, at: number): Case {
  const [x, y] = [ramp(outer * n * inner), ramp(outer * rows * inner, 3)];
  const after = Float32Array.from(y);
  for (let o = 0; o < outer; o++) {
    const fit = Math.max(0, Math.min(n, rows - at)) * inner;
    after.set(x.subarray(o * n * inner, o * n * inner + fit), (o * rows + at) * inner);
  }
  return {
    name: `[${outer}, ${n}, ${inner}] at ${at} of ${rows}`,
    params: { outer, n, rows, inner },
    buffers: { x, at: Uint32Array.of(at), y },
    overrides: narrow,
    groups: flat(x.length),
    expect: { y: after },
    applies: (kernel) => !byFours(kernel) || inner % 4 === 0,
  };
}

export const cases: Case[] = [
  written(1, 1, 1, 1, 0),
  written(3, 5, 3, 1, 4),
  written(2, 6, 8, 3, 2),
  written(2, 4, 4, 3, 2),
];
