import type { Inputs } from '../types.ts';
import { byEntries, type Result, total, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** First layer of a MADE, [m, k] · [k, n] under its mask; `backward` adds both gradients. */
export interface MaskedLayer {
  kind: 'maskedLayer';
  m: number;
  n: number;
  k: number;
  backward: boolean;
}

/** Degrees of the inputs, 1 to k, and of the units, 1 to k − 1 in rising order. */
export const degreesOf = ({ n, k }: MaskedLayer) => ({
  from: Uint32Array.from({ length: k }, (_, l) => l + 1),
  to: Uint32Array.from({ length: n }, (_, j) => 1 + Math.floor((j * (k - 1)) / n)),
});

/** 1 where a unit hears an input, [k, n], else 0. */
export function layerMaskOf(problem: MaskedLayer): Float32Array {
  const { from, to } = degreesOf(problem);
  const { n, k } = problem;
  return Float32Array.from({ length: k * n }, (_, at) => +(to[at % n] >= from[Math.floor(at / n)]));
}

/** y, and for a backward problem dx and dw, of x, w and the cotangent g. */
function results(problem: MaskedLayer, { x, w, g }: Inputs): Result[] {
  const { m, n, k } = problem;
  const mask = layerMaskOf(problem);
  const y: Result = {
    size: m * n,
    entry(at) {
      const [row, j] = unravel(at, [m, n]);
      return total(k, (l) => x[row * k + l] * w[l * n + j] * mask[l * n + j]);
    },
  };
  if (!problem.backward) return [y];
  const dx: Result = {
    size: m * k,
    entry(at) {
      const [row, l] = unravel(at, [m, k]);
      return total(n, (j) => g[row * n + j] * w[l * n + j] * mask[l * n + j]);
    },
  };
  const dw: Result = {
    size: k * n,
    entry(at) {
      const [l, j] = unravel(at, [k, n]);
      return total(m, (row) => x[row * k + l] * g[row * n + j] * mask[at]);
    },
  };
  return [y, dx, dw];
}

export const maskedLayer: Kind<MaskedLayer> = {
  mode: 'throughput',
  shape: ({ m, n, k }) => `[${m},${k}]·[${k},${n}]`,
  /** Of what the mask leaves. */
  flops: (p) => 2 * p.m * layerMaskOf(p).reduce((a, b) => a + b, 0) * (p.backward ? 3 : 1),
  bytes: ({ m, n, k, backward }) => 4 * (m * k + k * n + m * n) * (backward ? 2 : 1),
  inputs: ({ m, n, k }, random) => ({
    x: spiky(m * k, random),
    w: spiky(k * n, random),
    g: spiky(m * n, random),
  }),
  judge: (p, inputs) => byEntries(results(p, inputs)),
};
