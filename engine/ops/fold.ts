import serial from '../../shaders/reduce/1_serial.wgsl';
import tree from '../../shaders/reduce/2_tree.wgsl';
import columns from '../../shaders/reduce/3_columns.wgsl';
import rows from '../../shaders/reduce/4_rows.wgsl';
import subgroup from '../../shaders/reduce/5_subgroup.wgsl';
import wideColumns from '../../shaders/reduce/6_wide_columns.wgsl';
import wideRows from '../../shaders/reduce/7_wide_rows.wgsl';
import { dispatch } from '../choose.ts';
import type { Adapter, Run, Slot } from '../op.ts';
import type { Line } from './axes.ts';
import {
  type LineVariants,
  lineContract,
  perSubgroup,
  perThread,
  perWorkgroup,
} from './linekernels.ts';

export type Fold = 'sum' | 'max' | 'min' | 'prod' | 'sumSquare';
const OP = { sum: 0, max: 1, min: 2, prod: 3, sumSquare: 4 };

const by = {
  serial: perThread(serial),
  tree: perWorkgroup(tree),
  columns: perThread(columns, 4),
  rows: perThread(rows, 1, 4),
  subgroup: perSubgroup(subgroup),
  wideColumns: perThread(wideColumns, 16),
  wideRows: perThread(wideRows, 1, 32),
} satisfies LineVariants;

/** Sizes are those of one pass: `outer` counts chunks, `n` their terms. */
export const reduceContract = lineContract('reduce', by, Object.values(by));

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
  return 32 * Math.ceil(n / chunks / 32);
}

/** Threads of a kernel without workgroup memory: one per line, or per four columns. */
const threadsOf = ({ outer, inner }: Line): number => outer * (inner % 4 === 0 ? inner / 4 : inner);

/**
 * Loads of 20 ns that a software adapter of two cores with subgroups of 4 waits for in one pass but
 * not in two. A dispatch costs as much as 400, and 2048 make 40 us.
 */
function waste({ subgroupSize }: Adapter, line: Line, rows: boolean): number {
  const fours = alignOf(line, line.n) >= 4;
  if (rows && subgroupSize && fours) return line.outer > 1 ? 0 : line.n / 32;
  const steps = fours ? line.n / 4 : line.n;
  const threads = threadsOf(line);
  const waves = Math.ceil(threads / 4);
  return steps * ((waves > 4 ? waves / 2 : waves) - threads / 8);
}

/** One dispatch: each chunk of each line folded into one element. */
export function pass(k: Run, fold: Fold, x: Slot, y: Slot, line: Line, chunk: number): void {
  const chunks = Math.ceil(line.n / chunk);
  const { outer, n, inner } = line;
  const part = { outer: outer * chunks, n: Math.min(chunk, n), inner };
  const sizes = { ...part, align: alignOf(line, chunk) };
  dispatch(k, reduceContract, sizes, { x, y }, { ...line, chunk, chunks }, { OP: OP[fold] });
}

/** Whether chunks begin at multiples of 32 or 4; by fours the last may end anywhere. */
function alignOf({ outer, n, inner }: Line, chunk: number): 32 | 4 | 1 {
  const all = (by: number) => inner === 1 && (chunk >= n || chunk % by === 0);
  if (all(32) && n % 32 === 0) return 32;
  return all(4) && (outer === 1 || n % 4 === 0) ? 4 : 1;
}
