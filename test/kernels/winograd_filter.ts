import type { Case } from './case.ts';
import { numbers } from './numbers.ts';
import { both, G, square, transform } from './winograd.ts';

function filters(ic: number, oc: number, flip: 0 | 1): Case {
  const n = ic * oc;
  const w = numbers(9 * n, 1);
  const u = new Float64Array(16 * n);
  for (let i = 0; i < n; i++) {
    const taps = square(3, (y, x) => w[(flip ? 8 - 3 * y - x : 3 * y + x) * n + i]);
    both(G, taps)
      .flat()
      .forEach((value, k) => {
        u[k * n + i] = value;
      });
  }
  return transform(
    `[3, 3, ${ic}, ${oc}]${flip ? ' flipped' : ''}`,
    { ic, oc, flip },
    { w },
    'u',
    u,
    n,
  );
}

export const cases: Case[] = [filters(1, 4, 0), filters(3, 8, 1), filters(33, 40, 0)];
