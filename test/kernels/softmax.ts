import type { Case } from './case.ts';
import {
  fromLines,
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

function softmax(v: number[], log: boolean): number[] {
  const m = largest(v);
  const s = total(v.map((x) => Math.exp(x - m)));
  return v.map((x) => (log ? x - m - Math.log(s) : Math.exp(x - m) / s));
}

/** Plants a value at every n-th place: into some lines, not into others. */
const every = (n: number, value: number) => (x: Float32Array) =>
  x.map((v, i) => (i % n === 1 ? value : v));

const inputs: [string, (x: Float32Array) => Float32Array][] = [
  ['small', (x) => x],
  ['huge', (x) => x.map((v) => v * 5000)],
  ['some -Inf', every(3, Number.NEGATIVE_INFINITY)],
  ['all -Inf', (x) => x.fill(Number.NEGATIVE_INFINITY)],
  ['a +Inf', every(11, Number.POSITIVE_INFINITY)],
  ['a NaN', withNaN],
];
export const cases: Case[] = lineShapes.flatMap(([outer, n, inner]) =>
  inputs.flatMap(([kind, make]) =>
    [0, 1].map((LOG): Case => {
      const x = make(ramp(outer * n * inner));
      return {
        name: `${LOG ? 'log-softmax' : 'softmax'} of [${outer}, ${n}, ${inner}], ${kind}`,
        params: { outer, n, inner },
        buffers: { x, y: new Float32Array(x.length) },
        overrides: { LOG, BLOCK: 3, SIZE: 4, ...shrink },
        groups: (kernel, o) => lineGroups(kernel, o, outer, inner),
        applies: (kernel) => readsRows(kernel, n, inner),
        expect: {
          y: fromLines(
            linesOf(x, outer, n, inner).map((v) => softmax(v, !!LOG)),
            inner,
          ),
        },
      };
    }),
  ),
);
