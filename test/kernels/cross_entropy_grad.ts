import type { Case } from './case.ts';
import { byFours, flat, narrow, picks } from './flat.ts';
import { ramp } from './line.ts';

function slopes(rows: number, n: number, aim: Uint32Array): Case {
  const y = ramp(rows * n).map((v) => -Math.abs(v));
  y[0] = Number.NEGATIVE_INFINITY;
  if (y.length > 5) y[5] = Number.NaN;
  return {
    name: `[${rows}, ${n}]`,
    params: { rows, n },
    buffers: { y, aim, d: new Float32Array(rows * n) },
    overrides: narrow,
    groups: flat(rows * n),
    expect: { d: Array.from(y, (v, e) => Math.exp(v) - +(e % n === aim[Math.floor(e / n)])) },
    applies: (kernel) => !byFours(kernel) || n % 4 === 0,
  };
}

export const cases: Case[] = [
  slopes(1, 1, Uint32Array.of(0)),
  slopes(7, 5, picks(7, 5)),
  slopes(5, 8, picks(5, 8)),
  slopes(3, 4, Uint32Array.of(2, 4, 0xffffffff)),
];
