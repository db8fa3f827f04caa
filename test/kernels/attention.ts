import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

interface Sizes {
  batch: number;
  heads: number;
  queries: number;
  keys: number;
  depth: number;
  width: number;
}
type Seen = (t: number, s: number) => number;

/** Scores, their softmax and the result in float64; `bias` is -Infinity where nothing is seen. */
function expected(z: Sizes, q: Float32Array, k: Float32Array, v: Float32Array, bias: Seen) {
  const y: number[] = [];
  const lse: number[] = [];
  for (let row = 0; row < z.batch * z.heads * z.queries; row++) {
    const head = Math.floor(row / z.queries);
    const scores = Array.from({ length: z.keys }, (_, s) => {
      let dot = 0;
      for (let i = 0; i < z.depth; i++) {
        dot += q[row * z.depth + i] * k[(head * z.keys + s) * z.depth + i];
      }
      return scale * dot + bias(row % z.queries, s);
    });
    const m = Math.max(...scores);
    const weights = scores.map((x) => (m > -1e30 ? Math.exp(x - m) : 0));
    const sum = weights.reduce((a, b) => a + b, 0);
    lse.push(sum > 0 ? m + Math.log(sum) : 0);
    for (let c = 0; c < z.width; c++) {
      const at = (s: number) => v[(head * z.keys + s) * z.width + c];
      y.push(sum > 0 ? weights.reduce((a, w, s) => a + (w / sum) * at(s), 0) : 0);
    }
  }
  return { y, lse };
}

const scale = 0.7;
const shapes: Sizes[] = [
  { batch: 1, heads: 1, queries: 1, keys: 1, depth: 1, width: 1 },
  { batch: 2, heads: 2, queries: 5, keys: 7, depth: 3, width: 5 },
  { batch: 1, heads: 3, queries: 9, keys: 6, depth: 8, width: 4 },
  { batch: 1, heads: 1, queries: 35, keys: 41, depth: 4, width: 36 },
];
const kinds = ['plain', 'causal', 'biased', 'one query sees nothing', 'large'];

export const cases: Case[] = shapes.flatMap((z) =>
  kinds.map((kind): Case => {
    const heads = z.batch * z.heads;
    const gain = kind === 'large' ? 40 : 1;
    const q = ramp(heads * z.queries * z.depth).map((x) => gain * x);
    const k = ramp(heads * z.keys * z.depth, 3);
    const v = ramp(heads * z.keys * z.width, 5);
    const bias = ramp(z.queries * z.keys, 7);
    if (kind === 'one query sees nothing') {
      bias.fill(Number.NEGATIVE_INFINITY, z.keys * (z.queries - 1));
    }
    const masked = +(kind === 'biased' || kind === 'one query sees nothing');
    const causal = +(kind === 'causal');
    const seen: Seen = (t, s) => {
      if (masked) return bias[t * z.keys + s];
      return causal && s > t ? Number.NEGATIVE_INFINITY : 0;
    };
    const rows = heads * z.queries;
    return {
      name: `${kind}, ${Object.entries(z).flat().join(' ')}`,
      params: {
        ...{ ...z, scale, causal, masked },
        ...{ bias_b: 0, bias_h: 0, bias_t: z.keys, bias_s: 1 },
      },
      buffers: {
        ...{ q, k, v, bias },
        ...{ y: new Float32Array(rows * z.width), lse: new Float32Array(rows) },
      },
      groups: (kernel, o) =>
        folded(
          /tiled/.test(kernel.file)
            ? heads * Math.ceil(z.queries / 32) * Math.ceil(z.width / 32)
            : Math.ceil((rows * z.width) / o.WIDTH),
        ),
      applies: (kernel) => !/tiled/.test(kernel.file) || (z.depth % 4 === 0 && z.width % 4 === 0),
      expect: expected(z, q, k, v, seen),
      tolerance: 4e-6 * gain,
    };
  }),
);
