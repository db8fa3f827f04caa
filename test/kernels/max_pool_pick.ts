import type { Case } from './case.ts';
import { largest, paramsOf, row, windows } from './images.ts';
import { numbers } from './numbers.ts';

export const cases: Case[] = windows.map((o) => {
  const p = paramsOf(o);
  const x = numbers(p.batch * p.ih * p.iw * p.ch, 1);
  const { y, index } = largest(p, x);
  return row(o, p, { x, index }, { y });
});
