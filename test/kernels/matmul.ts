import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';
import { folded } from './line.ts';
import { numbers } from './numbers.ts';

/** Rows and columns of c that one workgroup of a variant fills; 0 rows: so many elements in a row. */
const tiles: Record<string, readonly [number, number]> = {
  '1_naive': [0, 64],
  '2_tiled': [16, 16],
  '3_blocked': [64, 64],
  '4_register': [8, 8],
  '5_subgroup': [16, 32],
  '6_small': [4, 4],
  '7_ragged': [8, 8],
  '8_dot': [1, 1],
};
const perGroup: Record<string, number> = { '4_register': 64, '6_small': 64, '7_ragged': 32 };
const nameOf = (kernel: Kernel) => kernel.file.slice('matmul/'.length, -'.wgsl'.length);

interface Sizes {
  m: number;
  n: number;
  k: number;
  batch?: number;
  ta?: 0 | 1;
  tb?: 0 | 1;
  /** The operand that is one matrix for all of the batch. */
  shared?: 'a' | 'b';
}

function product({ m, n, k, batch = 1, ta = 0, tb = 0, shared }: Sizes): Case {
  const [astep, bstep] = [shared === 'a' ? 0 : m * k, shared === 'b' ? 0 : k * n];
  const a = numbers(astep ? batch * astep : m * k, 1);
  const b = numbers(bstep ? batch * bstep : k * n, 2);
  const c = Float64Array.from({ length: batch * m * n }, (_, i) => {
    const [z, row, col] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
    let acc = 0;
    for (let l = 0; l < k; l++) {
      const left = a[z * astep + (ta ? l * m + row : row * k + l)];
      acc += left * b[z * bstep + (tb ? col * k + l : l * n + col)];
    }
    return acc;
  });
  return {
    name: `${batch}x [${m}, ${k}]${ta ? 'ᵀ' : ''} · [${k}, ${n}]${tb ? 'ᵀ' : ''} ${shared ?? ''}`,
    params: { m, n, k, batch, astep, bstep },
    buffers: { a, b, c: new Float32Array(batch * m * n) },
    overrides: { TA: ta, TB: tb },
    applies: (kernel) =>
      !kernel.bindings[0].type.includes('vec4') ||
      (k > 0 && k % 4 === 0 && n % 4 === 0 && (!ta || m % 4 === 0)),
    groups(kernel) {
      const [rows, cols] = tiles[nameOf(kernel)];
      if (!rows) return folded(Math.ceil((batch * m * n) / cols));
      const all = Math.ceil(m / rows) * Math.ceil(n / cols) * batch;
      return folded(Math.ceil(all / (perGroup[nameOf(kernel)] ?? 1)));
    },
    expect: { c },
    tolerance: 1e-6 * (k + 4) * 8,
    subgroup: 4,
  };
}

const forms = [0, 1, 2, 3].map((i) => ({ ta: (i & 1) as 0 | 1, tb: (i >> 1) as 0 | 1 }));

export const cases: Case[] = [
  product({ m: 1, n: 1, k: 1 }),
  product({ m: 3, n: 2, k: 0 }),
  product({ m: 1, n: 5, k: 9 }),
  product({ m: 7, n: 1, k: 70 }),
  ...forms.map((form) => product({ m: 17, n: 19, k: 23, ...form })),
  ...forms.map((form) => product({ m: 8, n: 12, k: 20, batch: 3, ...form })),
  product({ m: 5, n: 36, k: 4, batch: 2, shared: 'a' }),
  product({ m: 5, n: 36, k: 4, batch: 2, shared: 'b', tb: 1 }),
  product({ m: 4, n: 6, k: 3, batch: 2, shared: 'b' }),
  product({ m: 67, n: 68, k: 20 }),
];
