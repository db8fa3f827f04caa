import type { Inputs } from '../types.ts';
import { byEntries, type Entry, type Result, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky, uniform } from './numbers.ts';

/**
 * softmax(q kᵀ / √d) v, where query t sees the keys 0 to t: q, k, v are [batch, heads, steps, depth].
 * `backward` adds the three gradients for a given cotangent.
 */
export interface Attention {
  kind: 'attention';
  batch: number;
  heads: number;
  steps: number;
  depth: number;
  backward: boolean;
}

/** A matrix [rows, columns] in float64 with the magnitudes of what rounds in each entry. */
interface Measured {
  value: Float64Array;
  scale: Float64Array;
}

const measured = (n: number): Measured => ({
  value: new Float64Array(n),
  scale: new Float64Array(n),
});

/** One head: y, and dq, dk, dv for the cotangent g. All [steps, depth]. */
function oneHead(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  g: Float32Array,
  T: number,
  d: number,
): Measured[] {
  const [y, dq, dk, dv] = [0, 1, 2, 3].map(() => measured(T * d));
  for (let t = 0; t < T; t++) {
    const seen = t + 1;
    const p = weights(q, k, t, d);
    const slope = measured(seen); // ∂/∂p
    let inner = 0;
    let innerScale = 0;
    for (let s = 0; s < seen; s++) {
      for (let c = 0; c < d; c++) {
        const product = g[t * d + c] * v[s * d + c];
        slope.value[s] += product;
        slope.scale[s] += Math.abs(product);
        y.value[t * d + c] += p.value[s] * v[s * d + c];
        y.scale[t * d + c] += p.scale[s] * Math.abs(v[s * d + c]);
        dv.value[s * d + c] += p.value[s] * g[t * d + c];
        dv.scale[s * d + c] += p.scale[s] * Math.abs(g[t * d + c]);
      }
      inner += p.value[s] * slope.value[s];
      innerScale += p.scale[s] * slope.scale[s];
    }
    for (let s = 0; s < seen; s++) {
      const ds = (p.value[s] * (slope.value[s] - inner)) / Math.sqrt(d);
      const size = (p.scale[s] * (slope.scale[s] + innerScale)) / Math.sqrt(d);
      for (let c = 0; c < d; c++) {
        dq.value[t * d + c] += ds * k[s * d + c];
        dq.scale[t * d + c] += size * Math.abs(k[s * d + c]);
        dk.value[s * d + c] += ds * q[t * d + c];
        dk.scale[s * d + c] += size * Math.abs(q[t * d + c]);
      }
    }
  }
  return [y, dq, dk, dv];
}

/** Row t of the weights. A score's rounding error is a relative error of exp(score). */
function weights(q: Float32Array, k: Float32Array, t: number, d: number): Measured {
  const p = measured(t + 1);
  let top = Number.NEGATIVE_INFINITY;
  for (let s = 0; s <= t; s++) {
    for (let c = 0; c < d; c++) {
      const product = (q[t * d + c] * k[s * d + c]) / Math.sqrt(d);
      p.value[s] += product;
      p.scale[s] += Math.abs(product);
    }
    top = Math.max(top, p.value[s]);
  }
  let sum = 0;
  let moved = 0;
  for (let s = 0; s <= t; s++) {
    p.value[s] = Math.exp(p.value[s] - top);
    sum += p.value[s];
    moved += p.value[s] * p.scale[s];
  }
  for (let s = 0; s <= t; s++) {
    p.value[s] /= sum;
    p.scale[s] = p.value[s] * (1 + p.scale[s] + moved / sum);
  }
  return p;
}

/** Results whose heads are computed when one of their entries is asked for. */
function results(problem: Attention, { q, k, v, g }: Inputs): Result[] {
  const { batch, heads, steps, depth, backward } = problem;
  const size = steps * depth;
  const cache = new Map<number, Measured[]>();
  const head = (h: number): Measured[] => {
    const part = (x: Float32Array) => x.subarray(h * size, (h + 1) * size);
    const known = cache.get(h) ?? oneHead(part(q), part(k), part(v), part(g), steps, depth);
    cache.set(h, known);
    return known;
  };
  return Array.from({ length: backward ? 4 : 1 }, (_, r) => ({
    size: batch * heads * size,
    entry(i): Entry {
      const [h, at] = unravel(i, [batch * heads, size]);
      const { value, scale } = head(h)[r];
      return { value: value[at], scale: scale[at] };
    },
  }));
}

export const attention: Kind<Attention> = {
  mode: 'throughput',
  shape: ({ batch, heads, steps, depth }) => `[${[batch, heads, steps, depth]}] causal`,
  /** Pairs that may look, two products of depth d each; five more of them backward. */
  flops: ({ batch, heads, steps, depth, backward }) =>
    batch * heads * ((steps * (steps + 1)) / 2) * 2 * depth * (backward ? 7 : 2),
  bytes: ({ batch, heads, steps, depth, backward }) =>
    4 * batch * heads * steps * depth * (backward ? 8 : 4),
  inputs({ batch, heads, steps, depth }, random) {
    const n = batch * heads * steps * depth;
    // outliers make some rows look at one key only
    const [q, k] = [spiky(n, random, 30), spiky(n, random, 30)];
    return { q, k, v: spiky(n, random), g: uniform(n, 1, random) };
  },
  judge: (p, inputs) => byEntries(results(p, inputs), { most: 4096 }),
};
