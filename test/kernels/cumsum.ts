import type { Case } from './case.ts';
import { folded, fromLines, lineGroups, lineShapes, linesOf, ramp, total } from './line.ts';

interface Chunk {
  chunk: number;
  REVERSE: number;
  EXCLUSIVE: number;
}

/** Sums of one line within its chunks, each from its own start. */
function scan(v: number[], starts: number[], { chunk, REVERSE, EXCLUSIVE }: Chunk): number[] {
  return v.map((_, j) => {
    const c = Math.floor(j / chunk);
    const end = Math.min(v.length, (c + 1) * chunk);
    const part = REVERSE ? v.slice(j + EXCLUSIVE, end) : v.slice(c * chunk, j + 1 - EXCLUSIVE);
    return starts[c] + total(part);
  });
}

export const cases: Case[] = lineShapes.flatMap(([outer, n, inner]) =>
  [n, Math.ceil(n / 3)].flatMap((chunk) =>
    [0, 1, 2, 3].map((kind): Case => {
      const [REVERSE, EXCLUSIVE] = [kind >> 1, kind & 1];
      const chunks = Math.ceil(n / chunk);
      const x = ramp(outer * n * inner);
      const start = ramp(outer * chunks * inner, 5);
      const starts = chunks > 1 ? linesOf(start, outer, chunks, inner) : null;
      const lines = linesOf(x, outer, n, inner);
      const sums = lines.map((v, i) => scan(v, starts?.[i] ?? [0], { chunk, REVERSE, EXCLUSIVE }));
      const how = `${REVERSE ? ' from the end' : ''}${EXCLUSIVE ? ', exclusive' : ''}`;
      return {
        name: `of [${outer}, ${n}, ${inner}] by ${chunk}${how}`,
        params: { outer, n, inner, chunk, chunks },
        buffers: { x, start, y: new Float32Array(x.length) },
        overrides: { REVERSE, EXCLUSIVE, WIDTH: 4, SIZE: 4 },
        groups: (kernel, o) =>
          /workgroup/.test(kernel.file)
            ? folded(outer * chunks)
            : lineGroups(kernel, o, outer * chunks, inner),
        applies: ({ file }) =>
          /serial/.test(file) ||
          (inner === 1 && (/workgroup/.test(file) || (n % 4 === 0 && chunk % 4 === 0))),
        expect: { y: fromLines(sums, inner) },
      };
    }),
  ),
);
