import type { Adapter } from '../op.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import { concat, pad, tril } from './layout.ts';
import { matmul } from './matmul.ts';
import { add, exp, lessEqual, mul, sub, where } from './pointwise.ts';
import { sum } from './reduce.ts';
import { broadcastTo, slice, unbroadcast } from './view.ts';

export interface Attrs {
  readonly causal: boolean;
  readonly scale: number;
}

/** Below this a score counts as -Inf: finite, so that a row of nothing else has no NaN. */
export const NEVER = -1e30;

/** The gradients in ops: the weights come again from the saved logarithm, P = exp(score - lse). */
export function composed(
  [g, gLse]: (Tensor | null)[],
  [q, k, v, bias]: readonly Tensor[],
  attrs: Attrs & { first?: number },
  [y, lse]: readonly Tensor[],
): (Tensor | null)[] {
  const weights = exp(sub(scores(q, k, bias, attrs), lse)); // [B, h, T, S]
  const direct = g && sub(matmul(g, v, { tb: true }), sum(mul(g, y), -1, { keep: true }));
  const total = direct && gLse ? add(direct, gLse) : (direct ?? (gLse as Tensor));
  const slope = mul(weights, total);
  const scaled = mul(slope, attrs.scale);
  return [
    matmul(scaled, k),
    matmul(scaled, q, { ta: true }),
    g && matmul(weights, g, { ta: true }),
    ...(bias ? [unbroadcast(slope, bias.shape)] : []),
  ];
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
export function inBlocks(
  g: Tensor,
  [q, k, v]: readonly Tensor[],
  attrs: Attrs,
  [y, lse]: readonly Tensor[],
): Tensor[] {
  const [steps, keys] = [q.shape[2], k.shape[2]];
  const rows = Math.ceil(steps / BLOCKS);
  const found: Tensor[][] = [];
  for (let first = 0; first < steps; first += rows) {
    const last = Math.min(steps, first + rows);
    const seen = attrs.causal ? Math.min(keys, last) : keys;
    const [g1, q1, y1, lse1] = [g, q, y, lse].map((t) => slice(t, [null, null, [first, last]]));
    const [k1, v1] = [k, v].map((t) => slice(t, [null, null, [0, seen]]));
    const parts = composed([g1, null], [q1, k1, v1], { ...attrs, first }, [y1, lse1]) as Tensor[];
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
