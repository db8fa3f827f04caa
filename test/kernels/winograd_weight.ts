import type { Case } from './case.ts';
import { numbers } from './numbers.ts';
import { both, G, square, transform, turned } from './winograd.ts';

function filters(ic: number, oc: number): Case {
  const n = ic * oc;
  const du = numbers(16 * n, 1);
  const dw = new Float64Array(9 * n);
  for (let i = 0; i < n; i++) {
    both(
      turned(G),
      square(4, (y, x) => du[(4 * y + x) * n + i]),
    )
      .flat()
      .forEach((value, tap) => {
        dw[tap * n + i] = value;
      });
  }
  return transform(`[3, 3, ${ic}, ${oc}]`, { ic, oc }, { du }, 'dw', dw, n);
}

export const cases: Case[] = [filters(1, 4), filters(3, 8), filters(33, 40)];
