import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

interface Sizes {
  batch: number;
  m: number;
  n: number;
  k: number;
}

const shapes: Sizes[] = [
  { batch: 1, m: 1, n: 1, k: 1 },
  { batch: 2, m: 5, n: 3, k: 7 },
  { batch: 2, m: 9, n: 8, k: 12 },
  { batch: 2, m: 13, n: 12, k: 13 },
  { batch: 1, m: 39, n: 12, k: 20 },
  { batch: 3, m: 18, n: 36, k: 40 },
];

function product({ batch, m, n, k }: Sizes, causal: number, TA: number): Case {
  const pitch = 4 * Math.ceil(k / 4);
  const a = ramp(batch * m * pitch).map((x, at) => {
    const [i, l] = [Math.floor(at / pitch) % m, at % pitch];
    if (l >= k) return 0;
    if (!causal || l <= i) return x;
    return l >> 4 > i >> 4 ? Number.NaN : 0; // beyond the squares of 16 on the diagonal: not read
  });
  const [lines, length] = TA ? [k, m] : [m, k];
  const b = ramp(batch * length * n, 5);
  const c = new Float64Array(batch * lines * n);
  for (let row = 0; row < batch * m; row++) {
    for (let l = 0; l < k; l++) {
      if (causal && l > row % m) continue;
      const z = Math.floor(row / m);
      const [to, under] = TA ? [z * k + l, row] : [row, z * k + l];
      for (let j = 0; j < n; j++) c[to * n + j] += a[row * pitch + l] * b[under * n + j];
    }
  }
  return {
    name: `${causal ? 'causal' : 'whole'} ${batch} of [${m}, ${k}]${TA ? ' turned' : ''}, n ${n}`,
    params: { batch, m, n, k, pitch, causal },
    buffers: { a, b, c: new Float32Array(c.length) },
    overrides: { TA },
    groups: ({ file }, { WIDTH, SIZE }) =>
      folded(
        /naive/.test(file)
          ? Math.ceil((batch * lines * n) / WIDTH)
          : batch * Math.ceil(lines / 16) * Math.ceil(n / (8 * SIZE)),
      ),
    applies: ({ file }) => /naive/.test(file) || n % 4 === 0,
    expect: { c },
    tolerance: 1e-5,
  };
}

export const cases: Case[] = shapes.flatMap((z) =>
  [0, 1].flatMap((causal) => [product(z, causal, 0), product(z, causal, 1)]),
);
