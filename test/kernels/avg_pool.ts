import type { Case } from './case.ts';
import { paramsOf, pixels, row, windows } from './images.ts';
import { numbers } from './numbers.ts';

export const cases: Case[] = windows.map((o) => {
  const p = paramsOf(o);
  const x = numbers(p.batch * p.ih * p.iw * p.ch, 1);
  const y = new Float64Array(p.batch * p.oh * p.ow * p.ch);
  pixels(p, (i, j) => {
    y[j] += x[i] / (p.kh * p.kw);
  });
  return row(o, p, { x }, { y });
});
