import { about, demand } from '../errors.ts';
import { currentGpu } from '../gpu.ts';
import { toTensor } from '../op.ts';
import { type Arg, dims, type Shape, type Tensor } from '../tensor.ts';
import { attentionOp, storesWeights } from './flash.ts';
import { matmul } from './matmul.ts';
import { where } from './pointwise.ts';
import { reshape } from './view.ts';
import { weigh } from './weights.ts';

export interface AttentionOptions {
  /** Query t sees keys 0 ... t only. */
  causal?: boolean;
  /** Broadcasts to [B, h, T, S]. Integers: nonzero may look. f32: added to the scores. */
  mask?: Arg;
  /** Factor of q·k. Default 1/sqrt(d). */
  scale?: number;
  /**
   * Keep the [T, S] weights instead of computing them tile by tile, and again for the gradient.
   * Default: on a software adapter for at most 16 keys, or without a kernel free of barriers.
   */
  materialised?: boolean;
}

/**
 * softmax(scale · q k^T) v per batch and head. Vaswani et al. 2017 (1706.03762), eq. 1.
 * @param q [B, h, T, d]
 * @param k [B, h, S, d]
 * @param v [B, h, S, D]
 * @returns [B, h, T, D]; 0 for a query that may see no key
 */
export const attention = (q: Arg, k: Arg, v: Arg, options: AttentionOptions = {}): Tensor =>
  about('attention', () => {
    const [queries, keys, values] = [toTensor(q), toTensor(k), toTensor(v)];
    check(queries, keys, values);
    const [batch, heads, T, d] = queries.shape;
    const attrs = { causal: options.causal ?? false, scale: options.scale ?? 1 / Math.sqrt(d) };
    const bias = options.mask === undefined ? undefined : biasOf(toTensor(options.mask));
    if (bias) checkBias(bias, [batch, heads, T, keys.shape[2]]);
    const sizes = { depth: d, width: values.shape[3], keys: keys.shape[2], masked: !!bias };
    if (options.materialised ?? storesWeights(sizes, currentGpu())) {
      return matmul(weigh(queries, keys, bias, attrs), values);
    }
    return attentionOp([queries, keys, values, ...(bias ? [bias] : [])], attrs);
  });

/** A mask as an addend of the scores, with four dimensions. */
function biasOf(mask: Tensor): Tensor {
  const bias = mask.dtype === 'f32' ? mask : where(mask, 0, Number.NEGATIVE_INFINITY);
  demand(
    mask.shape.length <= 4,
    () => `mask ${dims(mask)} has more than 4 dimensions. It must broadcast to [B, h, T, S].`,
  );
  return reshape(bias, [1, 1, 1, 1, ...bias.shape].slice(-4));
}

function checkBias(bias: Tensor, full: Shape): void {
  demand(
    bias.shape.every((n, i) => n === 1 || n === full[i]),
    () => `mask ${dims(bias)} does not broadcast to [B, h, T, S] = ${dims(full)}. Reshape it.`,
  );
}

function check(q: Tensor, k: Tensor, v: Tensor): void {
  const shapes = `q ${dims(q)}, k ${dims(k)}, v ${dims(v)}`;
  demand(
    [q, k, v].every((t) => t.shape.length === 4 && t.dtype === 'f32'),
    () => `${shapes}: expected f32 [batch, heads, steps, depth]. Split the heads with reshape().`,
  );
  const [outer, inner] = [(t: Tensor) => `${t.shape.slice(0, 2)}`, (t: Tensor) => t.shape[3]];
  demand(
    outer(q) === outer(k) && outer(k) === outer(v),
    () => `${shapes}: batch and heads differ. Use broadcastTo() on the smaller one.`,
  );
  demand(
    inner(q) === inner(k) && k.shape[2] === v.shape[2],
    () => `${shapes}: q and k must agree in the last size, k and v in the one before. Check both.`,
  );
}
