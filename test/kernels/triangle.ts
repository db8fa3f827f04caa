import type { Case } from './case.ts';
import { flat, narrow } from './flat.ts';
import { withNaN } from './line.ts';
import { ramp } from './line.ts';

function kept(batch: number, rows: number, cols: number, k: number, UPPER: number): Case {
  const x = withNaN(ramp(batch * rows * cols));
  const y = x.map((v, e) => {
    const beyond = (e % cols) - (Math.floor(e / cols) % rows) - k;
    return (UPPER ? beyond >= 0 : beyond <= 0) ? v : 0;
  });
  return {
    name: `${UPPER ? 'upper' : 'lower'} ${k} of [${batch}, ${rows}, ${cols}]`,
    params: { size: x.length, rows, cols, k },
    buffers: { x },
    overrides: { ...narrow, UPPER },
    groups: flat(x.length),
    expect: { y },
  };
}

export const cases: Case[] = [0, 1].flatMap((upper) => [
  kept(1, 1, 1, 0, upper),
  kept(2, 3, 4, 0, upper),
  kept(1, 5, 3, -1, upper),
  kept(2, 3, 3, 2, upper),
  kept(1, 2, 5, -9, upper),
]);
