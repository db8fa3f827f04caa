import type { Case } from './case.ts';
import { byFours, flat, narrow } from './flat.ts';
import { ramp } from './line.ts';

type Flags = { UPPER: number; UNIT: number; TRANSPOSE: number };

/** The right side is made from a known answer, and the triangle not to be read holds NaN. */
function solved(batch: number, n: number, cols: number, flags: Flags): Case {
  const { UPPER, UNIT, TRANSPOSE } = flags;
  const a = ramp(batch * n * n, 3).map((v, e) => {
    const [i, j] = [Math.floor(e / n) % n, e % n];
    if (i === j) return UNIT ? Number.NaN : 2 + Math.abs(v);
    return (UPPER ? j > i : j < i) ? 0.3 * v : Number.NaN;
  });
  const entry = (m: number, i: number, j: number) => {
    const v = TRANSPOSE ? a[(m * n + j) * n + i] : a[(m * n + i) * n + j];
    return i === j && UNIT ? 1 : Number.isNaN(v) ? 0 : v;
  };
  const y = ramp(batch * n * cols, 11);
  const b = y.map((_, e) => {
    const [m, i, c] = [Math.floor(e / (n * cols)), Math.floor(e / cols) % n, e % cols];
    let total = 0;
    for (let j = 0; j < n; j++) total += entry(m, i, j) * y[(m * n + j) * cols + c];
    return total;
  });
  return {
    name: `[${batch}, ${n}, ${n}] with [${n}, ${cols}] ${JSON.stringify(flags)}`,
    params: { batch, n, cols },
    buffers: { a, b },
    overrides: { ...narrow, ...flags },
    groups: flat(batch * cols),
    applies: (kernel) => cols % 4 === 0 || !byFours(kernel),
    expect: { y },
    tolerance: 4e-6,
  };
}

const bits = [0, 1];
const flags = bits.flatMap((UPPER) =>
  bits.flatMap((UNIT) => bits.map((TRANSPOSE): Flags => ({ UPPER, UNIT, TRANSPOSE }))),
);

export const cases: Case[] = flags.flatMap((f) => [
  solved(1, 1, 1, f),
  solved(2, 5, 3, f),
  solved(2, 3, 8, f),
]);
