import type { Case } from './case.ts';
import { largest, paramsOf, pixels, row, windows } from './images.ts';
import { numbers } from './numbers.ts';

export const cases: Case[] = windows.map((o) => {
  const p = paramsOf(o);
  const { index } = largest(p, numbers(p.batch * p.ih * p.iw * p.ch, 1));
  const g = numbers(index.length, 2);
  const dx = new Float64Array(p.batch * p.ih * p.iw * p.ch);
  pixels(p, (i, j, k) => {
    if (index[j] === k) dx[i] += g[j];
  });
  return row(o, p, { g, index }, { dx });
});
