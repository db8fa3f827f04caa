import type { Case } from './case.ts';
import {
  largest,
  lineGroups,
  lineShapes,
  linesOf,
  ramp,
  readsRows,
  shrink,
  withNaN,
} from './line.ts';

const place = (v: number[]): number => {
  const top = largest(v);
  return v.findIndex((x) => Object.is(x, top));
};

/** Ties, a NaN, and plain numbers. */
const inputs: [string, (x: Float32Array) => Float32Array][] = [
  ['distinct', (x) => x],
  ['ties', (x) => x.map((v) => Math.ceil(v) + 3)],
  ['NaN', withNaN],
];

export const cases: Case[] = lineShapes.flatMap(([outer, n, inner]) =>
  inputs.flatMap(([kind, make]) =>
    [0, 1].map((OP): Case => {
      const x = make(ramp(outer * n * inner));
      const signed = OP === 0 ? x : x.map((v) => -v);
      return {
        name: `${OP === 0 ? 'largest' : 'smallest'} of [${outer}, ${n}, ${inner}], ${kind}`,
        params: { outer, n, inner },
        buffers: { x, y: new Uint32Array(outer * inner) },
        overrides: { OP, SIZE: 4, ...shrink },
        groups: (kernel, o) => lineGroups(kernel, o, outer, inner),
        applies: (kernel) => readsRows(kernel, n, inner),
        expect: { y: linesOf(signed, outer, n, inner).map(place) },
      };
    }),
  ),
);
