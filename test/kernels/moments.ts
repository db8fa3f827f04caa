import type { Case } from './case.ts';
import { lineGroups, lineShapes, linesOf, ramp, shrink, total } from './line.ts';

const inputs: [string, (x: Float32Array) => Float32Array][] = [
  ['around 0', (x) => x],
  ['around 1000', (x) => x.map((v) => v + 1000)],
];

export const cases: Case[] = lineShapes.flatMap(([outer, n, inner]) =>
  [n, Math.ceil(n / 3)].flatMap((chunk) =>
    inputs.map(([kind, make]): Case => {
      const chunks = Math.ceil(n / chunk);
      const x = make(ramp(outer * n * inner));
      const lines = linesOf(x, outer, n, inner);
      const parts = Array.from({ length: outer * chunks * inner }, (_, e) => {
        const [o, c, i] = [
          Math.floor(e / inner / chunks),
          Math.floor(e / inner) % chunks,
          e % inner,
        ];
        return lines[o * inner + i].slice(c * chunk, (c + 1) * chunk);
      });
      const mean = parts.map((v) => total(v) / v.length);
      const variance = parts.map((v, e) => total(v.map((a) => (a - mean[e]) ** 2)) / v.length);
      const size = parts.length;
      return {
        name: `of [${outer}, ${n}, ${inner}] by ${chunk}, ${kind}`,
        params: { outer, n, inner, chunk, chunks },
        buffers: { x, mean: new Float32Array(size), variance: new Float32Array(size) },
        overrides: { BLOCK: 3, ...shrink },
        groups: (kernel, o) =>
          lineGroups(kernel, o, outer * chunks, /columns/.test(kernel.file) ? inner / 4 : inner),
        applies: (kernel) => !/columns/.test(kernel.file) || inner % 4 === 0,
        expect: { mean, variance },
        tolerance: kind === 'around 0' ? 1e-6 : 2e-4,
      };
    }),
  ),
);
