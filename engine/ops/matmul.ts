import naive from '../../shaders/matmul/1_naive.wgsl';
import tiled from '../../shaders/matmul/2_tiled.wgsl';
import blocked from '../../shaders/matmul/3_blocked.wgsl';
import register from '../../shaders/matmul/4_register.wgsl';
import subgroup from '../../shaders/matmul/5_subgroup.wgsl';
import small from '../../shaders/matmul/6_small.wgsl';
import ragged from '../../shaders/matmul/7_ragged.wgsl';
import dot from '../../shaders/matmul/8_dot.wgsl';
import { type Contract, choose, dispatch, type Variant } from '../choose.ts';
import { about, demand } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import { type Adapter, op, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { reduce } from './fold.ts';
import { broadcastShapes } from './pointwise.ts';
import { sum } from './reduce.ts';
import { broadcastTo, reshape } from './view.ts';

/** Sizes of a product: `batch` times [m, k] · [k, n]. */
interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly ta: boolean;
  readonly tb: boolean;
}

/** Whether an operand is stored transposed: `ta` [k, m], `tb` [n, k]. */
export interface Transposes {
  readonly ta?: boolean;
  readonly tb?: boolean;
}

/** Whether the kernels that load vec4s along the stored lines can run a product. */
const loadsVec4 = ({ m, n, k, ta }: Product): boolean =>
  k > 0 && k % 4 === 0 && n % 4 === 0 && (!ta || m % 4 === 0);

/** A variant whose workgroups cover tiles of c, `per` of them each. */
const byTiles = (
  kernel: Kernel,
  rows: number,
  cols: number,
  per = 1,
  applies?: (p: Product) => boolean,
): Variant<Product> => ({
  kernel,
  applies,
  launch({ m, n, batch, ta, tb }) {
    const tiles = Math.ceil(m / rows) * Math.ceil(n / cols) * batch;
    return { groups: Math.ceil(tiles / per), overrides: { TA: +ta, TB: +tb } };
  },
});

const bySubgroups: Variant<Product> = {
  kernel: subgroup,
  applies: (p, gpu) => loadsVec4(p) && (gpu.subgroupSize ?? 0) >= 4,
  launch(p, gpu) {
    const SIZE = gpu.subgroupSize as number;
    const { groups, overrides } = byTiles(subgroup, 16, 8 * SIZE).launch(p, gpu);
    return { groups, overrides: { ...overrides, SIZE } };
  },
};

export const matmulContract: Contract<Product> = {
  name: 'matmul',
  variants: [
    byTiles(naive, 1, 1, 64),
    byTiles(tiled, 16, 16),
    byTiles(blocked, 64, 64, 1, loadsVec4),
    byTiles(register, 8, 8, 64, loadsVec4),
    bySubgroups,
    byTiles(small, 4, 4, 64, loadsVec4),
    byTiles(ragged, 8, 8, 32),
    byTiles(dot, 1, 1),
  ],
  /**
   * A GPU wants enough workgroups first and then as much reuse as shared memory gives; a CPU driver
   * wants registers and no barriers, and compiles slowly, so its thresholds are measured ones
   * (SwiftShader).
   */
  heuristic(p, gpu) {
    const { m, n, k, batch } = p;
    const products = m * n * k * batch;
    if (products <= (gpu.software ? 1 << 12 : 1 << 16)) return naive;
    if (gpu.software) {
      if (!loadsVec4(p)) return ragged;
      const lanes = gpu.subgroupSize ?? 0;
      if (lanes >= 4) return m < 8 || n < 4 * lanes ? small : subgroup;
      return m < 16 || n < 32 ? small : register;
    }
    if (k >= 64 && alongLines(p)) return dot;
    if (!loadsVec4(p)) return Math.min(m, n) < 8 ? naive : tiled;
    const tiles = Math.ceil(m / 64) * Math.ceil(n / 64) * batch;
    return tiles >= 64 ? blocked : small;
  },
};

/** Whether c is a single row or column whose operands both lie along k. */
const alongLines = ({ m, n, ta, tb }: Product): boolean =>
  (n === 1 && (!ta || m === 1)) || (m === 1 && tb);

/**
 * Into how many sums a long k is cut where c alone has too few tiles to fill the adapter: gradients
 * of weights, aᵀ · b over many rows, whose parts are whole matrices of both operands.
 */
function partsOf(
  { software }: Adapter,
  { m, n, k, batch, ta, tb }: Product,
  groups: number,
): number {
  if (!ta || tb || batch > 1) return 1;
  const wanted = software ? 4 : 128; // workgroups
  const fits = (parts: number) => groups * parts < wanted && k % (8 * parts) === 0;
  let parts = 1;
  while (fits(parts) && k / parts >= 512 && 2 * parts * m * n <= 1 << 22) parts *= 2;
  return parts;
}

const matrix = (t: { shape: Shape }, turned: boolean): [number, number] => {
  const [r, c] = t.shape.slice(-2);
  return turned ? [c, r] : [r, c];
};
const batchOf = (t: { shape: Shape }): Shape => t.shape.slice(0, -2);

/** The product of two matrices or batches of one shape; a plain matrix serves all of a batch. */
const matmulOp = op<{ ta: boolean; tb: boolean }>('matmul', {
  epilogue: true,
  shape([a, b], { ta, tb }) {
    const batch = a.shape.length > 2 ? batchOf(a) : batchOf(b);
    return [...batch, matrix(a, ta)[0], matrix(b, tb)[1]];
  },
  flops: ([c], [a], { ta }) => 2 * c.size * matrix(a, ta)[1],
  run(r, [c], [a, b], { ta, tb }) {
    const [m, k] = matrix(a, ta);
    const n = matrix(b, tb)[1];
    const p: Product = { m, n, k, batch: sizeOf(batchOf(c)), ta, tb };
    const multiply = (q: Product, out: Slot, astep: number, bstep: number): void => {
      const { ta: _, tb: __, ...sizes } = q;
      dispatch(r, matmulContract, q, { a, b, c: out }, { ...sizes, astep, bstep });
    };
    const { launch } = choose(r.gpu, matmulContract, p);
    const parts = partsOf(r.gpu, p, launch(p, r.gpu).groups);
    if (parts === 1) {
      multiply(p, c, a.shape.length > 2 ? m * k : 0, b.shape.length > 2 ? k * n : 0);
      return;
    }
    const sums = r.scratch(parts * c.size);
    const part = k / parts;
    multiply({ ...p, k: part, batch: parts }, sums, part * m, part * n);
    reduce(r, 'sum', sums, c, { outer: 1, n: parts, inner: c.size });
  },
  vjp: ([g], [a, b], { ta, tb }) => [
    onto(a, ta ? matmul(b, g, { ta: tb, tb: true }) : matmul(g, b, { tb: !tb })),
    onto(b, tb ? matmul(g, a, { ta: true, tb: ta }) : matmul(a, g, { ta: !ta })),
  ],
});

/** The gradient of an operand: a matrix that served a whole batch gathers the batch's gradients. */
function onto(operand: Tensor, gradient: Tensor): Tensor {
  const extra = gradient.shape.length - operand.shape.length;
  const axes = Array.from({ length: extra }, (_, axis) => axis);
  return extra ? sum(gradient, axes) : gradient;
}

/**
 * The product of the last two dimensions: a [..., m, k] (`ta`: stored [..., k, m]) by b [..., k, n]
 * (`tb`: stored [..., n, k]) gives [..., m, n]. Leading dimensions broadcast. No operand is copied,
 * but one whose leading dimensions broadcast in part, as [B, 1, m, k] by [h, k, n].
 */
export function matmul(a: Arg, b: Arg, { ta = false, tb = false }: Transposes = {}): Tensor {
  const [x, y] = [toTensor(a), toTensor(b)];
  const batch = about('matmul', () => check(x, y, ta, tb));
  const [left, right] = [operand(x, batch), operand(y, batch)];
  const [m, n] = [matrix(x, ta)[0], matrix(y, tb)[1]];
  const shape = [...batch, m, n];
  // One matrix b for all of a batch is one taller product.
  if (!ta && right.shape.length === 2 && left.shape.length > 2) {
    const rows = reshape(left, [sizeOf(batch) * m, left.shape[left.shape.length - 1]]);
    return reshape(matmulOp([rows, right], { ta, tb }), shape);
  }
  return reshape(matmulOp([left, right], { ta, tb }), shape);
}

/** An operand as the op takes it: of the full batch, or a plain matrix when its batch is 1. */
function operand(t: Tensor, batch: Shape): Tensor {
  const own = batchOf(t);
  const [r, c] = t.shape.slice(-2);
  if (sizeOf(own) === sizeOf(batch) && own.length > 0) return reshape(t, [...batch, r, c]);
  if (sizeOf(own) === 1) return reshape(t, [r, c]);
  return broadcastTo(t, [...batch, r, c]);
}

/** Checks two operands; returns the leading dimensions of their product. */
function check(a: Tensor, b: Tensor, ta: boolean, tb: boolean): Shape {
  for (const [name, t] of [
    ['a', a],
    ['b', b],
  ] as const) {
    demand(
      t.shape.length >= 2,
      () => `${name} is ${dims(t)}, expected at least 2 dimensions. Give it two with reshape().`,
    );
    demand(
      t.dtype === 'f32',
      () => `${name} is ${t.dtype}, expected f32. Use cast(${name}, 'f32').`,
    );
  }
  demand(matrix(a, ta)[1] === matrix(b, tb)[0], () => {
    const sides = `${dims(a)}${ta ? 'ᵀ' : ''} · ${dims(b)}${tb ? 'ᵀ' : ''}`;
    const [la, fb] = [ta ? 'first' : 'last', tb ? 'last' : 'first'];
    return `inner sizes differ: ${sides}. Expected the ${la} size of a's matrix to equal the ${fb} of b's.`;
  });
  const [ba, bb] = [batchOf(a), batchOf(b)];
  const over = Math.min(ba.length, bb.length);
  demand(
    Array.from({ length: over }, (_, i) => [ba.at(-1 - i), bb.at(-1 - i)]).every(
      ([x, y]) => x === y || x === 1 || y === 1,
    ),
    () => `batches differ: ${dims(a)} · ${dims(b)}. Sizes before a matrix must be equal or 1.`,
  );
  return broadcastShapes(ba, bb);
}
