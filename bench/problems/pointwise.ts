import type { Inputs } from '../types.ts';
import { byEntries, type Entry } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** One function of every element: x·y + z, x·Φ(x) by the error function, or tanh x. */
export interface Pointwise {
  kind: 'pointwise';
  name: 'x·y+z' | 'gelu' | 'tanh';
  n: number;
}

/**
 * erf by its series below 3 and by its continued fraction above, to 1e-15
 * (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a > 3) {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
    return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
  }
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** What rounds: the terms of a sum; else the error is absolute, where the result is of order 1. */
function entry(name: Pointwise['name'], { x, y, z }: Inputs, i: number): Entry {
  const v = x[i];
  switch (name) {
    case 'x·y+z':
      return { value: v * y[i] + z[i], scale: Math.abs(v * y[i]) + Math.abs(z[i]) };
    case 'gelu':
      return { value: 0.5 * v * (1 + erf(v / Math.SQRT2)), scale: Math.max(1, Math.abs(v)) };
    case 'tanh':
      return { value: Math.tanh(v), scale: 1 };
  }
}

export const pointwise: Kind<Pointwise> = {
  mode: 'throughput',
  shape: ({ n }) => `[${n}]`,
  flops: ({ name, n }) => (name === 'x·y+z' ? 2 * n : 0),
  bytes: ({ name, n }) => 4 * n * (name === 'x·y+z' ? 4 : 2),
  inputs({ name, n }, random): Inputs {
    const x = spiky(n, random).map((v) => 4 * v);
    if (name !== 'x·y+z') return { x };
    return { x, y: spiky(n, random), z: spiky(n, random) };
  },
  judge({ name, n }, inputs) {
    return byEntries([{ size: n, entry: (i) => entry(name, inputs, i) }], { most: 65536 });
  },
};
