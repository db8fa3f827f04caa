import type { Case } from './case.ts';
import { paramsOf, pixels, row, windows } from './images.ts';
import { numbers } from './numbers.ts';

export const cases: Case[] = windows.map((o) => {
  const p = paramsOf(o);
  const g = numbers(p.batch * p.oh * p.ow * p.ch, 2);
  const dx = new Float64Array(p.batch * p.ih * p.iw * p.ch);
  pixels(p, (i, j) => {
    dx[i] += g[j] / (p.kh * p.kw);
  });
  return row(o, p, { g }, { dx });
});
