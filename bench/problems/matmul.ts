import { byEntries, type Result, total } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** C = A · B, [m, k] · [k, n], `batch` times over where there is one. */
export interface Matmul {
  kind: 'matmul';
  m: number;
  n: number;
  k: number;
  batch?: number;
}

/** Shapes of A, B and C. */
export function shapesOf({ m, n, k, batch }: Matmul): { a: number[]; b: number[]; c: number[] } {
  const lead = batch === undefined ? [] : [batch];
  return { a: [...lead, m, k], b: [...lead, k, n], c: [...lead, m, n] };
}

export const matmul: Kind<Matmul> = {
  mode: 'throughput',
  shape: (p) => `[${shapesOf(p).a}]·[${shapesOf(p).b}]`,
  flops: ({ m, n, k, batch = 1 }) => 2 * batch * m * n * k,
  bytes: ({ m, n, k, batch = 1 }) => 4 * batch * (m * k + k * n + m * n),
  inputs: ({ m, n, k, batch = 1 }, random) => ({
    a: spiky(batch * m * k, random),
    b: spiky(batch * k * n, random),
  }),
  judge({ m, n, k, batch = 1 }, { a, b }) {
    const product: Result = {
      size: batch * m * n,
      entry(i) {
        const row = Math.floor(i / n) * k;
        const from = Math.floor(i / (m * n)) * k * n + (i % n);
        return total(k, (j) => a[row + j] * b[from + j * n]);
      },
    };
    return byEntries([product]);
  },
};
