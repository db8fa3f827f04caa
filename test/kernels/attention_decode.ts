import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

interface Sizes {
  heads: number;
  keys: number;
  depth: number;
  width: number;
}

function decoded({ heads, keys, depth, width }: Sizes, n: number, gain = 1): Case {
  const [scale, seen] = [0.7, Math.min(n, keys)];
  const q = ramp(heads * depth).map((x) => gain * x);
  const [k, v] = [ramp(heads * keys * depth, 3), ramp(heads * keys * width, 5)];
  const y = new Float64Array(heads * width);
  for (let head = 0; head < heads; head++) {
    const scores = Array.from({ length: seen }, (_, s) => {
      let dot = 0;
      for (let i = 0; i < depth; i++) {
        dot += q[head * depth + i] * k[(head * keys + s) * depth + i];
      }
      return scale * dot;
    });
    const weights = scores.map((x) => Math.exp(x - Math.max(...scores)));
    const sum = weights.reduce((a, b) => a + b, 0);
    weights.forEach((w, s) => {
      for (let c = 0; c < width; c++) {
        y[head * width + c] += (w / sum) * v[(head * keys + s) * width + c];
      }
    });
  }
  // what lies beyond n must not be looked at
  for (let i = 0; i < heads * keys; i++) {
    if (i % keys >= seen) k.fill(Number.NaN, i * depth, (i + 1) * depth);
    if (i % keys >= seen) v.fill(Number.NaN, i * width, (i + 1) * width);
  }
  return {
    name: `${heads} heads, ${n} of ${keys} keys, ${depth} ${width}${gain > 1 ? ', large' : ''}`,
    params: { heads, keys, depth, width, scale },
    buffers: { q, k, v, n: Uint32Array.of(n), y: new Float32Array(y.length) },
    groups({ file }, o) {
      if (/naive/.test(file)) return folded(Math.ceil((heads * width) / o.WIDTH));
      return folded(heads * Math.ceil(width / (/split/.test(file) ? 32 : 8 * o.SIZE)));
    },
    applies: ({ file }) => /naive/.test(file) || (depth % 4 === 0 && width % 4 === 0),
    expect: { y },
    tolerance: (4 + depth / 4) * 1e-6 * gain,
  };
}

export const cases: Case[] = [
  decoded({ heads: 1, keys: 1, depth: 1, width: 1 }, 1),
  decoded({ heads: 3, keys: 5, depth: 3, width: 7 }, 4),
  decoded({ heads: 2, keys: 9, depth: 8, width: 4 }, 0),
  decoded({ heads: 2, keys: 9, depth: 4, width: 12 }, 9),
  decoded({ heads: 3, keys: 150, depth: 36, width: 40 }, 131),
  decoded({ heads: 1, keys: 70, depth: 8, width: 36 }, 70, 40),
  decoded({ heads: 1, keys: 3, depth: 4, width: 4 }, 7),
];
