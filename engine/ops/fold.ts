import serial from '../../shaders/reduce/1_serial.wgsl';
import tree from '../../shaders/reduce/2_tree.wgsl';
import columns from '../../shaders/reduce/3_columns.wgsl';
import rows from '../../shaders/reduce/4_rows.wgsl';
import subgroup from '../../shaders/reduce/5_subgroup.wgsl';
import { type Kernel, lines } from '../kernel.ts';
import type { Adapter, Run, Slot } from '../op.ts';
import { layoutOf, type Line } from './axes.ts';

export type Fold = 'sum' | 'max' | 'min' | 'prod' | 'sumSquare';
const OP = { sum: 0, max: 1, min: 2, prod: 3, sumSquare: 4 };

/** Folds in one pass, or in two when one would leave most of the adapter idle. */
export function reduce(k: Run, fold: Fold, x: Slot, y: Slot, line: Line): void {
  const chunk = chunkOf(k.gpu, line, aloneFor(k.gpu, line));
  const chunks = Math.ceil(line.n / chunk);
  const partial = chunks > 1 ? k.scratch(line.outer * chunks * line.inner) : y;
  pass(k, fold, x, partial, line, chunk);
  if (chunks === 1) return;
  pass(k, fold === 'sumSquare' ? 'sum' : fold, partial, y, { ...line, n: chunks }, chunks);
}

/**
 * Terms per result of the first of two passes, or all n where one pass is as good: few terms, or
 * enough lines to keep the adapter busy. One pass may fold `alone` terms of a single line.
 */
export function chunkOf({ software }: Adapter, { outer, n, inner }: Line, alone: number): number {
  const side = software ? 4 : 32; // neighbouring columns that one thread or workgroup takes
  const busy = outer * Math.ceil(inner / side);
  const enough = software ? 128 : 512;
  if (n <= alone || busy >= enough) return n;
  const chunks = Math.min(Math.ceil((4 * enough) / busy), Math.ceil(n / (software ? 256 : 1024)));
  return 4 * Math.ceil(n / chunks / 4);
}

/** A subgroup or a workgroup shares a long row; columns are left to a thread or a few. */
function aloneFor({ software, subgroupSize }: Adapter, line: Line): number {
  if (!software) return line.inner === 1 ? 16384 : 1024;
  return subgroupSize && inFours(line, line.n) ? 65536 / line.outer : 1024;
}

/** One dispatch: each chunk of each line folded into one element. */
export function pass(k: Run, fold: Fold, x: Slot, y: Slot, line: Line, chunk: number): void {
  const chunks = Math.ceil(line.n / chunk);
  const { kernel, groups, overrides } = choose(k.gpu, line, chunk, chunks);
  const params = { ...line, chunk, chunks };
  k.dispatch(kernel, { x, y }, params, lines(groups), { OP: OP[fold], ...overrides });
}

interface Choice {
  kernel: Kernel;
  groups: number;
  overrides: Record<string, number>;
}

/** Whether all chunks start and end at a multiple of four elements of the tensor, or at its end. */
const inFours = ({ outer, n, inner }: Line, chunk: number): boolean =>
  inner === 1 && (outer === 1 || n % 4 === 0) && (chunk >= n || chunk % 4 === 0);

/** bench: reduce/rows, reduce/columns, reduce/all */
function choose(gpu: Adapter, line: Line, chunk: number, chunks: number): Choice {
  const part = { ...line, outer: line.outer * chunks, n: Math.min(chunk, line.n) };
  const quads = inFours(line, chunk);
  const SIZE = gpu.subgroupSize ?? Number.POSITIVE_INFINITY;
  const shared = gpu.software ? part.outer < 64 : part.n <= 32 * SIZE;
  if (quads && shared && part.n > 8 * SIZE) {
    return { kernel: subgroup, groups: part.outer, overrides: { SIZE } };
  }
  if (line.inner % 4 === 0) {
    const four = layoutOf(gpu, { ...part, inner: line.inner / 4 });
    if (!four.tree) return { ...four, kernel: columns };
  }
  const one = layoutOf(gpu, part);
  return { ...one, kernel: one.tree ? tree : quads ? rows : serial };
}
