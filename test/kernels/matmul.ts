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
  '9_split': [0, 32],
  '10_thin': [4, 4],
  '11_broadcast': [8, 32],
};
/** Tiles per workgroup, or the override that says it. */
const perGroup: Record<string, number | string> = {
  '4_register': 64,
  '6_small': 64,
  '7_ragged': 'WIDTH',
  '10_thin': 'WIDTH',
};
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
  /** Terms of each part of a sum; 0: all of them in one. */
  part?: number;
}

function product({ m, n, k, batch = 1, ta = 0, tb = 0, shared, part = 0 }: Sizes): Case {
  const [astep, bstep] = [shared === 'a' ? 0 : m * k, shared === 'b' ? 0 : k * n];
  const a = numbers(astep ? batch * astep : m * k, 1);
  const b = numbers(bstep ? batch * bstep : k * n, 2);
  const terms = part || Math.max(4, Math.ceil(k / 4) * 4);
  const parts = Math.max(1, Math.ceil(k / terms));
  const size = batch * parts * m * n;
  const c = Float64Array.from({ length: size }, (_, i) => {
    const [block, row, col] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
    const [z, first] = [Math.floor(block / parts), (block % parts) * terms];
    let acc = 0;
    for (let l = first; l < Math.min(k, first + terms); l++) {
      const left = a[z * astep + (ta ? l * m + row : row * k + l)];
      acc += left * b[z * bstep + (tb ? col * k + l : l * n + col)];
    }
    return acc;
  });
  return {
    name: `${batch}x [${m}, ${k}]${ta ? 'ᵀ' : ''} · [${k}, ${n}]${tb ? 'ᵀ' : ''} ${shared ?? ''} /${parts}`,
    params: { m, n, k, batch, astep, bstep, parts, part: terms },
    buffers: { a, b, c: new Float32Array(size) },
    overrides: { TA: ta, TB: tb },
    applies(kernel) {
      if (nameOf(kernel) === '11_broadcast' && (ta || tb || m % 8 || k % 4 || !k)) return false;
      const wide = (i: number) => kernel.bindings[i].type.includes('vec4');
      return (
        (!wide(0) || (k > 0 && k % 4 === 0 && (!ta || m % 4 === 0))) && (!wide(2) || n % 4 === 0)
      );
    },
    groups(kernel, o) {
      const [rows, cols] = tiles[nameOf(kernel)];
      if (!rows) return folded(Math.ceil(size / cols));
      const all = Math.ceil(m / rows) * Math.ceil(n / cols) * batch * parts;
      const per = perGroup[nameOf(kernel)] ?? 1;
      return folded(Math.ceil(all / (typeof per === 'string' ? o[per] : per)));
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
  product({ m: 16, n: 36, k: 24, batch: 2, part: 16 }),
  product({ m: 3, n: 8, k: 2 }),
  ...forms.map((form) => product({ m: 5, n: 12, k: 7, batch: 2, ...form })),
  ...forms.map((form) => product({ m: 20, n: 8, k: 36, part: 16, ...form })),
  ...forms.map((form) => product({ m: 3, n: 5, k: 21, part: 8, batch: 2, ...form })),
];
