import type { Tensor } from '../tensor.ts';
import { tril } from './layout.ts';
import { matmul } from './matmul.ts';
import { add, equal, lessEqual, mul, where } from './pointwise.ts';
import { softmax, softmaxGrad } from './softmax.ts';
import { broadcastTo, unbroadcast } from './view.ts';

export interface Attrs {
  readonly causal: boolean;
  readonly scale: number;
}

/** Below this a score counts as -Inf: finite, so that a row of nothing else has no NaN. */
const NEVER = -1e30;

/**
 * The gradients in ops. Softmax weighs again: weights from the saved logarithm, exp(score - lse),
 * would not sum to 1 by the rounding of a large lse, and a gradient of a gradient magnifies that.
 */
export function composed(
  [g, gLse]: (Tensor | null)[],
  [q, k, v, bias]: readonly Tensor[],
  attrs: Attrs,
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

/** scale · q k^T + bias, and NEVER where a query may not look. */
function scores(q: Tensor, k: Tensor, bias: Tensor | undefined, { causal, scale }: Attrs): Tensor {
  const products = mul(matmul(q, k, { tb: true }), scale);
  const biased = bias ? where(lessEqual(bias, NEVER), NEVER, add(products, bias)) : products;
  if (!causal) return biased;
  const past = tril(broadcastTo(1, [q.shape[2], k.shape[2]]));
  return where(past, biased, NEVER);
}
