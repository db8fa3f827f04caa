import { build, type Nd, replaced } from './array.ts';
import { add, div, mul, sqrt, sub } from './pointwise.ts';
import { mean, variance } from './reduce.ts';

/** x less its mean over the axes, over its standard deviation there. */
function standardise(x: Nd, axes: number | number[], eps: number): Nd {
  const centred = sub(x, mean(x, axes, { keep: true }));
  return div(centred, sqrt(add(variance(x, axes, { keep: true }), eps)));
}

function affine(x: Nd, scale?: Nd, shift?: Nd): Nd {
  const scaled = scale ? mul(x, scale) : x;
  return shift ? add(scaled, shift) : scaled;
}

/** Normalisation over the last axis (Ba et al. 2016). */
export const layerNorm = (x: Nd, scale?: Nd, shift?: Nd, { eps = 1e-5 } = {}): Nd =>
  affine(standardise(x, -1, eps), scale, shift);

/** Normalisation over the pixels and channels of a group; channels are last (Wu and He 2018). */
export function groupNorm(x: Nd, groups: number, scale?: Nd, shift?: Nd, { eps = 1e-5 } = {}): Nd {
  const [B, C] = [x.shape[0], x.shape.at(-1)!];
  const apart = { ...x, shape: [B, x.data.length / B / C, groups, C / groups] };
  return affine({ ...standardise(apart, [1, 3], eps), shape: [...x.shape] }, scale, shift);
}

/** Mean and variance of each channel over all other axes. */
export function batchStatistics(x: Nd): { mean: Nd; variance: Nd } {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  return { mean: mean(x, axes), variance: variance(x, axes) };
}

/**
 * Attention of q [B, h, T, d] over k, v [B, h, S, d]. Where an integer mask is 0 nothing is seen; an
 * f32 mask is added to the scores.
 */
export function attention(q: Nd, k: Nd, v: Nd, o: Attention = {}): Nd {
  const [T, d] = q.shape.slice(-2) as [number, number];
  const [S, D] = [k.shape.at(-2)!, v.shape.at(-1)!];
  const scale = o.scale ?? 1 / Math.sqrt(d);
  const head = q.shape.slice(0, -2);
  const heads = head.reduce((a, b) => a * b, 1);
  const out = build([heads, T, D], () => 0);
  for (let n = 0; n < heads; n++) {
    for (let t = 0; t < T; t++) {
      const barred = (s: number) =>
        o.mask && o.mask.dtype !== 'f32' && look(o.mask, head, n, t, s) === 0;
      const seen = (s: number) => !(o.causal && s > t) && !barred(s);
      const bias = (s: number) => (o.mask?.dtype === 'f32' ? look(o.mask, head, n, t, s) : 0);
      const score = Array.from({ length: S }, (_, s) => {
        let dot = 0;
        for (let i = 0; i < d; i++)
          dot += q.data[(n * T + t) * d + i] * k.data[(n * S + s) * d + i];
        return seen(s) ? dot * scale + bias(s) : -Infinity;
      });
      const peak = Math.max(...score);
      const weight = score.map((x) => Math.exp(x - peak));
      const total = weight.reduce((a, b) => a + b, 0);
      for (let i = 0; i < D; i++) {
        for (let s = 0; s < S; s++) {
          out.data[(n * T + t) * D + i] += (weight[s] / total) * v.data[(n * S + s) * D + i];
        }
      }
    }
  }
  return { ...out, shape: [...head, T, D] };
}

/** Attention of one query per head over the first `length` keys. */
export function decodeAttention(
  q: Nd,
  k: Nd,
  v: Nd,
  length: Nd | number,
  o: { scale?: number } = {},
): Nd {
  const n = typeof length === 'number' ? length : length.data[0];
  const first = (x: Nd): Nd => {
    const [S, d] = x.shape.slice(-2) as [number, number];
    const data = x.data.filter((_, i) => Math.floor(i / d) % S < n);
    return { ...x, shape: [...x.shape.slice(0, 2), Math.min(n, S), d], data };
  };
  return attention(q, first(k), first(v), o);
}
interface Attention {
  causal?: boolean;
  mask?: Nd;
  scale?: number;
  materialised?: boolean;
}

/** The mask, broadcast to [...head, T, S], for head n at query t and key s. */
function look(mask: Nd, head: readonly number[], n: number, t: number, s: number): number {
  let rest = n;
  let place = head.map(() => 0);
  for (let axis = head.length - 1; axis >= 0; axis--) {
    place = replaced(place, axis, rest % head[axis]);
    rest = Math.floor(rest / head[axis]);
  }
  const index = [...place, t, s].slice(-mask.shape.length);
  const i = mask.shape.reduce((acc, size, a) => acc * size + (size === 1 ? 0 : index[a]), 0);
  return mask.data[i];
}
