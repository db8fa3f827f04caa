import type { Case } from './case.ts';
import { type Images, largest, paramsOf, row, windows } from './images.ts';
import { numbers } from './numbers.ts';

function pooled(o: Images, x: Float32Array, note = ''): Case {
  const p = paramsOf(o);
  const made = row(o, p, { x }, largest(p, x));
  return { ...made, name: `${made.name}${note}`, tolerance: 0 };
}

const sizeOf = ({ batch = 1, ih, iw, ch }: Images) => batch * ih * iw * ch;

export const cases: Case[] = windows.flatMap((o) => {
  const x = numbers(sizeOf(o), 1);
  return [
    pooled(o, x),
    pooled(o, new Float32Array(x.length).fill(-2), ' of equal pixels'),
    pooled(
      o,
      x.map((v) => (v > 10 ? Number.NaN : v < -10 ? -Infinity : v)),
      ' with NaN and -Inf',
    ),
  ];
});
