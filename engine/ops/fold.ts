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
  const chunk = chunkOf(k.gpu, line, true);
  const chunks = Math.ceil(line.n / chunk);
  const partial = chunks > 1 ? k.scratch(line.outer * chunks * line.inner) : y;
  pass(k, fold, x, partial, line, chunk);
  if (chunks === 1) return;
  pass(k, fold === 'sumSquare' ? 'sum' : fold, partial, y, { ...line, n: chunks }, chunks);
}

/**
 * Terms per result of the first of two passes, or all n where one pass is as good: few terms, or
 * enough lines to keep the adapter busy.
 * @param rows whether a kernel is there that gives a long row to a subgroup or a workgroup
 */
export function chunkOf(gpu: Adapter, line: Line, rows: boolean): number {
  const { outer, n, inner } = line;
  const busy = gpu.software ? threadsOf(line) : outer * Math.ceil(inner / 32);
  const enough = gpu.software
    ? waste(gpu, line, rows) <= 2048
    : busy >= 512 || n <= (inner === 1 && rows ? 16384 : 2048);
  if (enough) return n;
  const chunks = gpu.software
    ? Math.min(Math.ceil(512 / busy), Math.ceil(n / 256))
    : Math.min(Math.ceil(2048 / busy), Math.ceil(n / 512));
  return 4 * Math.ceil(n / chunks / 4);
}

/** Threads of a kernel without workgroup memory: one per line, or per four columns. */
const threadsOf = ({ outer, inner }: Line): number => outer * (inner % 4 === 0 ? inner / 4 : inner);

/**
 * Loads of 20 ns that a software adapter of two cores with subgroups of 4 waits for in one pass but
 * not in two. A dispatch costs as much as 400, and 2048 make 40 us.
 */
function waste({ subgroupSize }: Adapter, line: Line, rows: boolean): number {
  const fours = inFours(line, line.n);
  if (rows && subgroupSize && fours) return line.outer > 1 ? 0 : line.n / 32;
  const steps = fours ? line.n / 4 : line.n;
  const threads = threadsOf(line);
  const waves = Math.ceil(threads / 4);
  return steps * ((waves > 4 ? waves / 2 : waves) - threads / 8);
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

/** The variant of one pass: lanes or threads that share a row, four columns or elements, or one. */
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
