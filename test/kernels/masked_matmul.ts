import { variantName } from '../../engine/choose.ts';
import type { Case } from './case.ts';
import { folded } from './line.ts';
import { numbers } from './numbers.ts';

interface Sizes {
  m: number;
  n: number;
  k: number;
  tb?: 0 | 1;
  gap?: number;
  /** Degree of each l and of each column. Default: spread over 0..5, out of order. */
  dl?: (l: number) => number;
  dj?: (j: number) => number;
}

function masked({ m, n, k, tb = 0, gap = 0, dl, dj }: Sizes): Case {
  const from = Uint32Array.from({ length: k }, (_, l) => dl?.(l) ?? (l * 7) % 6);
  const to = Uint32Array.from({ length: n }, (_, j) => dj?.(j) ?? (j * 5) % 6);
  const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
  const c = Float64Array.from({ length: m * n }, (_, i) => {
    const [row, col] = [Math.floor(i / n), i % n];
    let sum = 0;
    for (let l = 0; l < k; l++) {
      const counts = tb ? from[l] >= to[col] + gap : to[col] >= from[l] + gap;
      if (counts) sum += a[row * k + l] * b[tb ? col * k + l : l * n + col];
    }
    return sum;
  });
  return {
    name: `[${m}, ${k}] · [${k}, ${n}]${tb ? 'ᵀ' : ''} gap ${gap}`,
    params: { m, n, k, gap },
    buffers: { a, b, dl: from, dj: to, c: new Float32Array(m * n) },
    overrides: { TB: tb },
    applies: ({ bindings }) =>
      !bindings[0].type.includes('vec4') || (k > 0 && k % 4 === 0 && n % 4 === 0),
    groups(kernel, o) {
      const [rows, cols, per] = {
        '1_naive': [1, 1, 64],
        '2_tiled': [16, 16, 1],
        '3_ragged': [8, 8, o.WIDTH],
        '4_subgroup': [16, 8 * o.SIZE, 1],
      }[variantName(kernel)] as number[];
      return folded(Math.ceil((Math.ceil(m / rows) * Math.ceil(n / cols)) / per));
    },
    expect: { c },
    tolerance: 1e-6 * (k + 4) * 8,
  };
}

const ways = [0, 1].flatMap((tb) => [0, 1].map((gap) => ({ tb: tb as 0 | 1, gap })));

export const cases: Case[] = [
  masked({ m: 1, n: 1, k: 1 }),
  masked({ m: 2, n: 3, k: 0 }),
  masked({ m: 3, n: 5, k: 9, dl: () => 2, dj: () => 1 }),
  ...ways.map((way) => masked({ m: 17, n: 19, k: 35, ...way })),
  ...ways.map((way) => masked({ m: 18, n: 36, k: 20, ...way })),
  // in the order of their degrees: whole tiles are skipped
  ...ways.map((way) =>
    masked({ m: 5, n: 40, k: 48, dl: (l) => l >> 3, dj: (j) => j >> 3, ...way }),
  ),
  // more slabs than the tiled kernel flags at once, nearly all of them skipped
  masked({ m: 1, n: 1, k: 4132, dl: (l) => Number(l > 3 && l < 4128), dj: () => 0 }),
];
