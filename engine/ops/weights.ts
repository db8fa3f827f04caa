import type { Adapter } from '../op.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import { concat, pad, tril } from './layout.ts';
import { matmul } from './matmul.ts';
import { add, equal, lessEqual, mul, where } from './pointwise.ts';
import { softmax, softmaxGrad } from './softmax.ts';
import { broadcastTo, slice, unbroadcast } from './view.ts';

export interface Attrs {
  readonly causal: boolean;
  readonly scale: number;
}

/** Below this a score counts as -Inf: finite, so that a row of nothing else has no NaN. */
export const NEVER = -1e30;

/**
 * The gradients in ops. Softmax weighs again: weights from the saved logarithm, exp(score - lse),
 * would not sum to 1 by the rounding of a large lse, and a gradient of a gradient magnifies that.
 */
export function composed(
  [g, gLse]: (Tensor | null)[],
  [q, k, v, bias]: readonly Tensor[],
  attrs: Attrs & { first?: number },
): (Tensor | null)[] {
  const weights = weigh(q, k, bias, attrs); // [B, h, T, S]
  const parts = g ? [softmaxGrad([weights, matmul(g, v, { tb: true })], { axis: 3 })] : [];
  if (gLse) parts.push(mul(weights, gLse));
  const slope = parts.reduce((a, b) => add(a, b));
  const scaled = mul(slope, attrs.scale);
  return [
    matmul(scaled, k),
    matmul(scaled, q, { ta: true }),
    g && matmul(weights, g, { ta: true }),
    ...(bias ? [unbroadcast(slope, bias.shape)] : []),
  ];
}

/** The weights [B, h, T, S] of attention; 0 for a query that may see no key. */
export function weigh(q: Tensor, k: Tensor, bias: Tensor | undefined, attrs: Attrs): Tensor {
  const score = scores(q, k, bias, attrs);
  const weights = softmax(score);
  return bias ? where(equal(score, NEVER), 0, weights) : weights;
}

/**
 * Whether the gradients come from stored weights. A CPU driver computes five plain products faster
 * than it computes the scores tile by tile in two kernels; below 128 x 128 the dispatches cost more.
 * It takes two blocks of weights in memory at once, here at most 64 MiB together; a GPU keeps none.
 */
export const blocksPay = (q: Tensor, k: Tensor, { software }: Adapter): boolean => {
  const [weights, all] = [q.shape[2] * k.shape[2], sizeOf(q.shape.slice(0, 3)) * k.shape[2]];
  return software && weights >= 128 ** 2 && (2 * all) / BLOCKS <= 2 ** 24;
};

/** Blocks of rows: against the keys each may see, n of them skip (n - 1) / 2 n of a causal product. */
const BLOCKS = 4;

/** composed() by blocks of queries, where causal each with the keys up to its own. */
export function inBlocks(g: Tensor, [q, k, v]: readonly Tensor[], attrs: Attrs): Tensor[] {
  const [steps, keys] = [q.shape[2], k.shape[2]];
  const rows = Math.ceil(steps / BLOCKS);
  const found: Tensor[][] = [];
  for (let first = 0; first < steps; first += rows) {
    const last = Math.min(steps, first + rows);
    const seen = attrs.causal ? Math.min(keys, last) : keys;
    const [g1, q1] = [g, q].map((t) => slice(t, [null, null, [first, last]]));
    const [k1, v1] = [k, v].map((t) => slice(t, [null, null, [0, seen]]));
    const parts = composed([g1, null], [q1, k1, v1], { ...attrs, first }) as Tensor[];
    const widths = [0, 0, keys - seen, 0].map((n) => [0, n] as const);
    found.push([parts[0], pad(parts[1], widths), pad(parts[2], widths)]);
  }
  const total = (i: number): Tensor => found.map((parts) => parts[i]).reduce((a, b) => add(a, b));
  return [
    concat(
      found.map(([dq]) => dq),
      2,
    ),
    total(1),
    total(2),
  ];
}

/** scale · q k^T + bias, and NEVER where a query, the first of which has step `first`, may not look. */
export function scores(
  q: Tensor,
  k: Tensor,
  bias: Tensor | undefined,
  { causal, scale, first = 0 }: Attrs & { first?: number },
): Tensor {
  const products = mul(matmul(q, k, { tb: true }), scale);
  const biased = bias ? where(lessEqual(bias, NEVER), NEVER, add(products, bias)) : products;
  if (!causal) return biased;
  const past = tril(broadcastTo(1, [q.shape[2], k.shape[2]]), first);
  return where(past, biased, NEVER);
}
