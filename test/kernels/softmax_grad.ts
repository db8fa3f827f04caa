import type { Case } from './case.ts';
import {
  fromLines,
  lineGroups,
  lineShapes,
  linesOf,
  ramp,
  readsRows,
  shrink,
  total,
} from './line.ts';

export const cases: Case[] = lineShapes.map(([outer, n, inner]): Case => {
  const [y, g] = [ramp(outer * n * inner), ramp(outer * n * inner, 8)];
  const slopes = linesOf(g, outer, n, inner);
  const lines = linesOf(y, outer, n, inner).map((v, e) => {
    const sum = total(v.map((a, j) => a * slopes[e][j]));
    return v.map((a, j) => a * (slopes[e][j] - sum));
  });
  return {
    name: `of [${outer}, ${n}, ${inner}]`,
    params: { outer, n, inner },
    buffers: { y, g, d: new Float32Array(y.length) },
    overrides: { BLOCK: 3, SIZE: 4, ...shrink },
    groups: (kernel, o) => lineGroups(kernel, o, outer, inner),
    applies: (kernel) => readsRows(kernel, n, inner),
    expect: { d: fromLines(lines, inner) },
    tolerance: 4e-6,
  };
});
