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
  const chunk = chunkOf(k.gpu, line);
  const chunks = Math.ceil(line.n / chunk);
  const partial = chunks > 1 ? k.scratch(line.outer * chunks * line.inner) : y;
  pass(k, fold, x, partial, line, chunk);
  if (chunks === 1) return;
  pass(k, fold === 'sumSquare' ? 'sum' : fold, partial, y, { ...line, n: chunks }, chunks);
}

/** Terms per result of the first pass: all, where few or where enough results keep it busy. */
export function chunkOf({ software }: Adapter, { outer, n, inner }: Line): number {
  const results = outer * inner;
  if (results * n <= (software ? 65536 : 16384)) return n;
  if (results >= (software ? 256 : 1024)) return n;
  const chunks = Math.min(
    Math.ceil((software ? 1024 : 2048) / results),
    Math.ceil(n / (software ? 64 : 1024)),
  );
  return Math.ceil(n / chunks / 4) * 4;
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

/** bench: reduce/rows, reduce/columns, reduce/all */
function choose(gpu: Adapter, { outer, n, inner }: Line, chunk: number, chunks: number): Choice {
  const lines = { outer: outer * chunks, n: Math.min(chunk, n), inner };
  const quads = (outer === 1 || n % 4 === 0) && (chunks === 1 || chunk % 4 === 0) && inner === 1;
  const SIZE = gpu.subgroupSize ?? Number.POSITIVE_INFINITY;
  const few = gpu.software ? lines.outer < 64 : lines.n <= 32 * SIZE;
  if (quads && few && lines.n > 8 * SIZE) {
    return { kernel: subgroup, groups: lines.outer, overrides: { SIZE } };
  }
  if (inner % 4 === 0) {
    const four = layoutOf(gpu, { ...lines, inner: inner / 4 });
    if (!four.tree) return { ...four, kernel: columns };
  }
  const one = layoutOf(gpu, lines);
  return { ...one, kernel: one.tree ? tree : quads ? rows : serial };
}
