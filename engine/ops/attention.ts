import naive from '../../shaders/attention/1_naive.wgsl';
import tiled from '../../shaders/attention/2_tiled.wgsl';
import { about, demand } from '../errors.ts';
import { currentGpu } from '../gpu.ts';
import { lines } from '../kernel.ts';
import { op, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, type Tensor } from '../tensor.ts';
import { tril } from './layout.ts';
import { matmul } from './matmul.ts';
import { add, equal, exp, lessEqual, mul, sub, where } from './pointwise.ts';
import { softmax } from './softmax.ts';
import { sum } from './reduce.ts';
import { broadcastTo, reshape, unbroadcast } from './view.ts';

export interface AttentionOptions {
  /** Query t sees keys 0 ... t only. */
  causal?: boolean;
  /** Broadcasts to [B, h, T, S]. Integers: nonzero may look. f32: added to the scores. */
  mask?: Arg;
  /** Factor of q·k. Default 1/sqrt(d). */
  scale?: number;
  /**
   * Keep the [T, S] weights instead of computing them tile by tile, and again for the gradient.
   * Default: on a software adapter only, where plain products are faster.
   */
  materialised?: boolean;
}

interface Attrs {
  readonly causal: boolean;
  readonly scale: number;
}

/** Below this a score counts as -Inf: finite, so that a row of nothing else has no NaN. */
const NEVER = -1e30;

const attentionOp = op<Attrs>('attention', {
  shape: ([q, , v]) => [
    { shape: [...q.shape.slice(0, 3), v.shape[3]], dtype: q.dtype },
    { shape: [...q.shape.slice(0, 3), 1], dtype: q.dtype },
  ],
  run(run, [y, lse], [q, k, v, bias], { causal, scale }) {
    const [batch, heads, queries, depth] = q.shape;
    const [keys, width] = v.shape.slice(2);
    const params = { batch, heads, queries, keys, depth, width, scale, causal: +causal };
    const slots = { q, k, v, bias: bias ?? q, y, lse };
    const strides = bias ? biasStrides(bias) : { bias_b: 0, bias_h: 0, bias_t: 0, bias_s: 0 };
    const fours = depth % 4 === 0 && width % 4 === 0;
    const tiles = batch * heads * Math.ceil(queries / 32) * Math.ceil(width / 32);
    const groups = lines(fours ? tiles : Math.ceil(y.size / 64));
    run.dispatch(fours ? tiled : naive, slots, { ...params, masked: +!!bias, ...strides }, groups);
  },
  vjp: attentionVjp,
  flops: ([y], [q, k]) => 2 * k.shape[2] * (q.size + y.size),
});

function biasStrides(bias: Slot) {
  const [, h, t, s] = bias.shape;
  const strides = [h * t * s, t * s, s, 1].map((n, i) => (bias.shape[i] === 1 ? 0 : n));
  return { bias_b: strides[0], bias_h: strides[1], bias_t: strides[2], bias_s: strides[3] };
}

/** The weights are computed again from the saved logarithm of their sum: P = exp(score - lse). */
function attentionVjp(
  [g, gLse]: (Tensor | null)[],
  [q, k, v, bias]: readonly Tensor[],
  { causal, scale }: Attrs,
  [y, lse]: readonly Tensor[],
): (Tensor | null)[] {
  const weights = exp(sub(scores(q, k, bias, causal, scale), lse)); // [B, h, T, S]
  const direct = g && sub(matmul(g, v, { tb: true }), sum(mul(g, y), -1, { keep: true }));
  const total = direct && gLse ? add(direct, gLse) : (direct ?? (gLse as Tensor));
  const slope = mul(weights, total);
  const scaled = mul(slope, scale);
  return [
    matmul(scaled, k),
    matmul(scaled, q, { ta: true }),
    g && matmul(weights, g, { ta: true }),
    ...(bias ? [unbroadcast(slope, bias.shape)] : []),
  ];
}

/** scale · q k^T + bias, and NEVER where a query may not look. [B, h, T, S] */
function scores(q: Tensor, k: Tensor, bias: Tensor | undefined, causal: boolean, scale: number) {
  const products = mul(matmul(q, k, { tb: true }), scale);
  const biased = bias ? where(lessEqual(bias, NEVER), NEVER, add(products, bias)) : products;
  if (!causal) return biased;
  const past = tril(broadcastTo(1, [q.shape[2], k.shape[2]]));
  return where(past, biased, NEVER);
}

/** The same from ops that keep the weights. A query that sees nothing gets 0. */
function composed(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | undefined, attrs: Attrs): Tensor {
  const score = scores(q, k, bias, attrs.causal, attrs.scale);
  const weights = softmax(score);
  const seen = bias ? where(equal(score, NEVER), 0, weights) : weights;
  return matmul(seen, v);
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
    if (options.materialised ?? currentGpu().software) {
      return composed(queries, keys, values, bias, attrs);
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
