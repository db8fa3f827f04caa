import { variantName } from '../../engine/choose.ts';
import type { Case } from './case.ts';
import { folded } from './line.ts';
import { numbers } from './numbers.ts';

interface Sizes {
  m: number;
  n: number;
  k: number;
  gap?: number;
  /** Degree of each row and of each column. Default: spread over 0..5, out of order. */
  dl?: (l: number) => number;
  dj?: (j: number) => number;
}

function masked({ m, n, k, gap = 0, dl, dj }: Sizes): Case {
  const from = Uint32Array.from({ length: k }, (_, l) => dl?.(l) ?? (l * 7) % 6);
  const to = Uint32Array.from({ length: n }, (_, j) => dj?.(j) ?? (j * 5) % 6);
  const [a, b] = [numbers(m * k, 1), numbers(m * n, 2)];
  const c = Float64Array.from({ length: k * n }, (_, at) => {
    const [l, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    if (to[j] >= from[l] + gap) for (let i = 0; i < m; i++) sum += a[i * k + l] * b[i * n + j];
    return sum;
  });
  return {
    name: `[${m}, ${k}]ᵀ · [${m}, ${n}] gap ${gap}`,
    params: { m, n, k, gap },
    buffers: { a, b, dl: from, dj: to, c: new Float32Array(k * n) },
    applies: ({ bindings }) =>
      !bindings[0].type.includes('vec4') || (m > 0 && [m, n, k].every((size) => size % 4 === 0)),
    groups(kernel, o) {
      const [rows, cols, per] = {
        '1_naive': [1, 1, 64],
        '2_tiled': [16, 16, 1],
        '3_ragged': [8, 8, o.WIDTH],
        '4_subgroup': [16, 8 * o.SIZE, 1],
      }[variantName(kernel)] as number[];
      return folded(Math.ceil((Math.ceil(k / rows) * Math.ceil(n / cols)) / per));
    },
    expect: { c },
    tolerance: 1e-6 * (m + 4) * 8,
  };
}

export const cases: Case[] = [
  masked({ m: 1, n: 1, k: 1 }),
  masked({ m: 0, n: 3, k: 2 }),
  masked({ m: 9, n: 5, k: 3, dl: () => 2, dj: () => 1 }),
  masked({ m: 35, n: 19, k: 17 }),
  masked({ m: 35, n: 19, k: 17, gap: 1 }),
  masked({ m: 20, n: 36, k: 20 }),
  masked({ m: 20, n: 36, k: 20, gap: 1 }),
  // in the order of their degrees: whole tiles are skipped
  masked({ m: 8, n: 40, k: 48, dl: (l) => l >> 3, dj: (j) => j >> 3, gap: 1 }),
];
