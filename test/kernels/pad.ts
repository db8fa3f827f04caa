import type { Case } from './case.ts';
import { bitsOf, byFours, flat, narrow } from './flat.ts';
import { ramp } from './line.ts';

type Four = [number, number, number, number];

/** Sizes of x, elements before and after each dimension; `unit` 4 is the row of the vec4 kernel. */
function padded(n: Four, before: Four, after: Four, unit = 1): Case {
  const m = n.map((d, i) => d + before[i] + after[i]);
  const x = bitsOf(ramp(n.reduce((a, b) => a * b)));
  const y = Array.from({ length: m.reduce((a, b) => a * b) }, (_, e) => {
    const place = m.map(
      (d, i) => (Math.floor(e / m.slice(i + 1).reduce((a, b) => a * b, 1)) % d) - before[i],
    );
    const inside = place.every((v, i) => v >= 0 && v < n[i]);
    return inside ? x[place.reduce((at, v, i) => at * n[i] + v, 0)] : 0;
  });
  const params = Object.fromEntries(
    Object.entries({ n, m, before }).flatMap(([name, list]) =>
      list.map((v, i) => [`${name}${i}`, i === 3 ? v / unit : v]),
    ),
  );
  return {
    name: `[${n}] by [${before}], [${after}]${unit > 1 ? ' in fours' : ''}`,
    params,
    buffers: { x },
    overrides: narrow,
    groups: flat(y.length),
    expect: { y },
    applies: (kernel) => byFours(kernel) === (unit === 4),
  };
}

export const cases: Case[] = [
  padded([1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]),
  padded([1, 1, 1, 3], [0, 0, 0, 2], [0, 0, 0, 1]),
  padded([2, 3, 2, 5], [0, 1, 2, 0], [0, 2, 0, 0]),
  padded([2, 2, 3, 1], [1, 1, 1, 1], [0, 1, 2, 3]),
  padded([2, 0, 3, 1], [0, 2, 0, 0], [0, 1, 0, 0]),
  padded([1, 3, 2, 8], [0, 1, 1, 0], [0, 1, 1, 0], 4),
  padded([1, 1, 3, 4], [0, 0, 1, 4], [0, 0, 0, 8], 4),
];
