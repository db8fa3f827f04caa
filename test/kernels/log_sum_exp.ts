import type { Case } from './case.ts';
import {
  largest,
  lineGroups,
  lineShapes,
  linesOf,
  ramp,
  readsRows,
  shrink,
  total,
  withNaN,
} from './line.ts';

function logSumExp(v: number[]): number {
  const m = largest(v);
  return Number.isFinite(m) ? m + Math.log(total(v.map((x) => Math.exp(x - m)))) : m;
}

const inputs: [string, (x: Float32Array) => Float32Array][] = [
  ['small', (x) => x],
  ['huge', (x) => x.map((v) => v * 5000)],
  ['equal', (x) => x.fill(1)],
  ['all -Inf', (x) => x.fill(Number.NEGATIVE_INFINITY)],
  ['some +Inf', (x) => x.map((v, i) => (i % 5 ? v : Number.POSITIVE_INFINITY))],
  ['a NaN', withNaN],
];

export const cases: Case[] = lineShapes.flatMap(([outer, n, inner]) =>
  inputs.map(([kind, make]): Case => {
    const x = make(ramp(outer * n * inner));
    return {
      name: `of [${outer}, ${n}, ${inner}], ${kind}`,
      params: { outer, n, inner },
      buffers: { x, y: new Float32Array(outer * inner) },
      overrides: (kernel) => ({
        SIZE: 4,
        ...shrink,
        ...('BLOCK' in kernel.overrides && { BLOCK: 3 }),
      }),
      groups: (kernel, o) => lineGroups(kernel, o, outer, inner),
      applies: (kernel) => readsRows(kernel, n, inner),
      expect: { y: linesOf(x, outer, n, inner).map(logSumExp) },
    };
  }),
);
