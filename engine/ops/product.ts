import naive from '../../shaders/matmul/1_naive.wgsl';
import tiled from '../../shaders/matmul/2_tiled.wgsl';
import blocked from '../../shaders/matmul/3_blocked.wgsl';
import register from '../../shaders/matmul/4_register.wgsl';
import subgroup from '../../shaders/matmul/5_subgroup.wgsl';
import small from '../../shaders/matmul/6_small.wgsl';
import ragged from '../../shaders/matmul/7_ragged.wgsl';
import dot from '../../shaders/matmul/8_dot.wgsl';
import split from '../../shaders/matmul/9_split.wgsl';
import thin from '../../shaders/matmul/10_thin.wgsl';
import broadcast from '../../shaders/matmul/11_broadcast.wgsl';
import { type Contract, choose, type Variant } from '../choose.ts';
import { type Kernel, lines } from '../kernel.ts';
import type { Adapter, Run, Slot } from '../op.ts';
import { reduce } from './fold.ts';

/**
 * Sizes of a product: `batch` times [m, k] · [k, n]; `ta`: stored [k, m], `tb`: stored [n, k]; `half`:
 * in half floats.
 */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly ta: boolean;
  readonly tb: boolean;
  readonly half: boolean;
}

/** Whether the kernels that load vec4s along the stored lines can run a product. */
const loadsVec4 = ({ m, n, k, ta }: Product): boolean =>
  k > 0 && k % 4 === 0 && n % 4 === 0 && (!ta || m % 4 === 0);

/** Workgroups that fill an adapter. */
const enough = ({ software }: Adapter): number => (software ? 4 : 64);

/**
 * Into how many sums each element of c is cut, when `groups` workgroups would leave the adapter
 * idle: as many as fill it, while a part is long and the parts are no more to write than the
 * operands are to read. A batch fills the adapter by itself, and parts of half floats would be rounded.
 */
function partsOf({ m, n, k, batch, half }: Product, gpu: Adapter, groups: number): number {
  if (batch > 1 || half) return 1;
  const wanted = Math.ceil(enough(gpu) / groups);
  const long = Math.floor(k / 256);
  const light = Math.floor((k * (m + n)) / (m * n));
  return Math.max(1, Math.min(wanted, long, light));
}

interface Tiles {
  /** Rows and columns of c per tile. */
  rows: number;
  cols: number;
  /** Tiles per workgroup. */
  per?: number;
  applies?(p: Product, gpu: Adapter): boolean;
  overrides?(gpu: Adapter): Record<string, number>;
}

/** A variant whose workgroups cover tiles of c; it cuts long sums where the tiles are few. */
const byTiles = (
  kernel: Kernel,
  { rows, cols, per = 1, applies, overrides }: Tiles,
): Variant<Product> => ({
  kernel,
  applies,
  launch(p, gpu) {
    const tiles = Math.ceil(p.m / rows) * Math.ceil(p.n / cols) * p.batch;
    const parts = partsOf(p, gpu, Math.ceil(tiles / per));
    const groups = Math.ceil((tiles * parts) / per);
    return { groups, parts, overrides: { TA: +p.ta, TB: +p.tb, ...overrides?.(gpu) } };
  },
});

/** A variant with one tile per thread, in workgroups of WIDTH: narrow ones on a CPU of few threads. */
const byThreads = (kernel: Kernel, width: number, tile: Tiles): Variant<Product> => ({
  kernel,
  applies: tile.applies,
  launch(p, gpu) {
    const tiles = Math.ceil(p.m / tile.rows) * Math.ceil(p.n / tile.cols) * p.batch;
    const WIDTH = gpu.software && tiles <= 4 * width ? 8 : width;
    return byTiles(kernel, { ...tile, per: WIDTH, overrides: () => ({ WIDTH }) }).launch(p, gpu);
  },
});

const bySubgroups: Variant<Product> = {
  kernel: subgroup,
  applies: (p, gpu) => loadsVec4(p) && (gpu.subgroupSize ?? 0) >= 4,
  launch(p, gpu) {
    const SIZE = gpu.subgroupSize as number;
    const tile = { rows: 16, cols: 8 * SIZE, overrides: () => ({ SIZE }) };
    return byTiles(subgroup, tile).launch(p, gpu);
  },
};

export const matmulContract: Contract<Product> = {
  name: 'matmul',
  variants: [
    byTiles(naive, { rows: 1, cols: 1, per: 64 }),
    byTiles(tiled, { rows: 16, cols: 16 }),
    byTiles(blocked, { rows: 64, cols: 64, applies: loadsVec4 }),
    byTiles(register, { rows: 8, cols: 8, per: 64, applies: loadsVec4 }),
    bySubgroups,
    byTiles(small, { rows: 4, cols: 4, per: 64, applies: loadsVec4 }),
    byThreads(ragged, 32, { rows: 8, cols: 8 }),
    byTiles(dot, { rows: 1, cols: 1 }),
    byTiles(split, { rows: 1, cols: 1, per: 32 }),
    byThreads(thin, 64, { rows: 4, cols: 4, applies: ({ n }) => n % 4 === 0 }),
    byTiles(broadcast, {
      rows: 8,
      cols: 32,
      applies: (p, gpu) =>
        loadsVec4(p) && p.m % 8 === 0 && !p.ta && !p.tb && gpu.subgroupSize === 4,
    }),
  ],
  heuristic: (p, gpu) => (gpu.software ? onCpu(p, gpu) : onGpu(p, gpu)),
};

/**
 * A GPU wants neighbours to read neighbours, then enough workgroups, then as much reuse as shared
 * memory gives: 64 × 64 tiles, 4 × 4 blocks per thread where those are too few, else 16 × 16 tiles,
 * which read every form along its lines.
 */
function onGpu(p: Product, gpu: Adapter): Kernel {
  const { m, n, k, batch, ta, tb } = p;
  if (m * n * k * batch <= 1 << 12) return naive;
  if (k >= 64 && alongLines(p)) return dot;
  const across = !tb && (ta || n >= 32); // neighbours in c read neighbours in b, or in a
  if (across && Math.min(m, n) < 8) return k >= 64 ? split : naive;
  if (!loadsVec4(p)) return tiled;
  const { groups } = byTiles(blocked, { rows: 64, cols: 64 }).launch(p, gpu);
  if (groups >= enough(gpu)) return blocked;
  return !tb && n >= 32 && (m * n * batch) / 1024 >= enough(gpu) ? small : tiled;
}

/** A CPU driver wants registers and no barriers; thresholds are measured ones (SwiftShader). */
function onCpu(p: Product, { subgroupSize }: Adapter): Kernel {
  const { m, n, k, batch } = p;
  if (m * n * k * batch <= 1 << 12) return naive;
  if (!loadsVec4(p)) return n % 4 === 0 && (k < 16 || m <= 4) ? thin : ragged;
  const lanes = subgroupSize ?? 0;
  if (lanes >= 4) return m < 8 || n < 4 * lanes ? small : subgroup;
  return m < 16 || n < 32 ? small : register;
}

/** Whether c is a single row or column whose operands both lie along k. */
const alongLines = ({ m, n, ta, tb }: Product): boolean =>
  (n === 1 && (!ta || m === 1)) || (m === 1 && tb);

/**
 * c = A · B by the variant for these sizes: in one dispatch, or in two where it cuts its sums into
 * parts, which are then added in order. A step of 0 shares one matrix by all of a batch.
 */
export function multiply(
  run: Run,
  p: Product,
  { a, b, c }: Readonly<Record<'a' | 'b' | 'c', Slot>>,
  { astep, bstep }: { astep: number; bstep: number },
): void {
  const { m, n, k, batch } = p;
  const { kernel, launch } = choose(run.gpu, matmulContract, p);
  const { groups, overrides, parts: wanted = 1 } = launch(p, run.gpu);
  const part = Math.max(4, Math.ceil(k / wanted / 4) * 4);
  const parts = Math.max(1, Math.ceil(k / part));
  const sums = parts > 1 ? run.scratch(parts * c.size) : c;
  const params = { m, n, k, batch, astep, bstep, parts, part };
  run.dispatch(kernel, { a, b, c: sums }, params, lines(groups), overrides);
  if (parts > 1) reduce(run, 'sum', sums, c, { outer: batch, n: parts, inner: m * n });
}
