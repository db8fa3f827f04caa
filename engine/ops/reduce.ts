import serial from '../../shaders/reduce/1_serial.wgsl';
import tree from '../../shaders/reduce/2_tree.wgsl';
import columns from '../../shaders/reduce/3_columns.wgsl';
import rows from '../../shaders/reduce/4_rows.wgsl';
import subgroup from '../../shaders/reduce/5_subgroup.wgsl';
import { about, demand } from '../errors.ts';
import { type Kernel, lines } from '../kernel.ts';
import { type Adapter, op, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, sizeOf, type Tensor } from '../tensor.ts';
import { argmax, argmin, putAlong } from './along.ts';
import {
  type Axes,
  axesOf,
  demandFloat,
  type Keep,
  type Line,
  layoutOf,
  lineOf,
  neighbours,
  without,
} from './axes.ts';
import { pad } from './layout.ts';
import { div, equal, mul, sqrt, square, where } from './pointwise.ts';
import { broadcastTo, flip, reshape, slice } from './view.ts';

type Fold = 'sum' | 'max' | 'min' | 'prod' | 'sumSquare';
const OP = { sum: 0, max: 1, min: 2, prod: 3, sumSquare: 4 };

interface Attrs {
  readonly axes: readonly number[];
  readonly keep: boolean;
}

function foldOp(fold: Fold, vjp: (g: Tensor, x: Tensor, attrs: Attrs, y: Tensor) => Tensor) {
  return op<Attrs>(fold, {
    shape([x], { axes, keep }) {
      demandFloat(x);
      return without(x.shape, axes, keep);
    },
    run: (k, [y], [x], { axes }) => reduce(k, fold, x, y, lineOf(x.shape, axes)),
    vjp: ([g], [x], attrs, [y]) => [
      vjp(reshape(g, without(x.shape, attrs.axes, true)), x, attrs, y),
    ],
    epilogue: true,
    flops: (_, [x]) => x.size * (fold === 'sumSquare' ? 2 : 1),
  });
}

/** The gradient goes to the first of the extreme elements. */
function extremeVjp(place: (x: Tensor) => Tensor) {
  return (g: Tensor, x: Tensor, { axes }: Attrs): Tensor => {
    const { outer, n, inner } = lineOf(x.shape, axes);
    const flat = reshape(x, [outer, n, inner]);
    const index = reshape(place(flat), [outer, 1, inner]);
    return reshape(putAlong(reshape(g, [outer, 1, inner]), index, n), x.shape);
  };
}

/**
 * The product of the others for each element, with no division, so zeros do no harm: pairs are
 * multiplied level by level, then every element gets its partner's product on the way down.
 */
function prodVjp(g: Tensor, x: Tensor, { axes }: Attrs): Tensor {
  const { outer, n, inner } = lineOf(x.shape, axes);
  const full = 2 ** Math.ceil(Math.log2(n));
  let level = pad(
    reshape(x, [outer, n, inner]),
    [
      [0, 0],
      [0, full - n],
      [0, 0],
    ],
    1,
  );
  const partners: Tensor[] = [];
  for (let half = full / 2; half >= 1; half /= 2) {
    const pair = reshape(level, [outer, 2, half, inner]);
    partners.unshift(flip(pair, 1));
    const [a, b] = [slice(pair, [null, [0, 1]]), slice(pair, [null, [1, 2]])];
    level = reshape(mul(a, b), [outer, half, inner]);
  }
  let others = reshape(g, [outer, 1, inner]);
  for (const partner of partners) {
    const half = partner.shape[2];
    const pair = mul(reshape(others, [outer, 1, half, inner]), partner);
    others = reshape(pair, [outer, 2 * half, inner]);
  }
  return reshape(slice(others, [null, [0, n]]), x.shape);
}

const ops = {
  sum: foldOp('sum', (g) => g),
  max: foldOp(
    'max',
    extremeVjp((x) => argmax(x, 1)),
  ),
  min: foldOp(
    'min',
    extremeVjp((x) => argmin(x, 1)),
  ),
  prod: foldOp('prod', prodVjp),
  sumSquare: foldOp('sumSquare', (g, x) => mul(mul(2, x), g)),
};

/** Records a reduction over any axes: one op per group of neighbours. */
function record(fold: Fold, x: Arg, axes: Axes | undefined, keep: boolean, empty?: number): Tensor {
  const t = toTensor(x);
  demandFloat(t);
  const list = axesOf(t, axes);
  const shape = without(t.shape, list, keep);
  if (t.size === 0 && sizeOf(shape) > 0) {
    demand(
      empty !== undefined,
      () => `${dims(t)} leaves nothing to fold over axes [${list}]. Check for empty batches.`,
    );
    return broadcastTo(empty, shape);
  }
  const groups = neighbours(t.shape, list);
  if (groups.length === 0) return fold === 'sumSquare' ? square(t) : t;
  const [first, ...others] = groups;
  const then = ops[fold === 'sumSquare' ? 'sum' : fold];
  return others.reduce(
    (y, group) => then([y], { axes: group, keep }),
    ops[fold]([t], { axes: first, keep }),
  );
}

/** Sum over axes, 0 for none. Long sums add blocks first: the error grows like their number's root. */
export const sum = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('sum', () => record('sum', x, axes, keep, 0));
/** Product over axes, 1 for none. Its gradient needs no division: zeros are welcome. */
export const prod = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('prod', () => record('prod', x, axes, keep, 1));
/** Largest element over axes; NaN wins; the gradient goes to the first. Throws for no elements. */
export const max = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('max', () => record('max', x, axes, keep));
/** Smallest element over axes; NaN wins; the gradient goes to the first. Throws for no elements. */
export const min = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('min', () => record('min', x, axes, keep));
/** Sum of squares over axes, 0 for none: one pass, no array of squares. */
export const sumSquare = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('sumSquare', () => record('sumSquare', x, axes, keep, 0));

/** Arithmetic mean over axes. Throws for no elements. */
export const mean = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('mean', () => {
    const t = toTensor(x);
    const total = record('sum', t, axes, keep);
    return total.size === t.size ? total : div(total, t.size / total.size);
  });

/** Euclidean norm over axes, 0 for none. Its gradient at 0 is defined as 0, in every order. */
export const norm = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('norm', () => {
    const squares = record('sumSquare', x, axes, keep, 0);
    const zero = equal(squares, 0);
    return where(zero, 0, sqrt(where(zero, 1, squares)));
  });

/** Folds in one pass, or in two when one would leave most of the adapter idle. */
function reduce(k: Run, fold: Fold, x: Slot, y: Slot, line: Line): void {
  const chunk = chunkOf(k.gpu, line);
  const chunks = Math.ceil(line.n / chunk);
  const partial = chunks > 1 ? k.scratch(line.outer * chunks * line.inner) : y;
  pass(k, fold, x, partial, line, chunk);
  if (chunks === 1) return;
  pass(k, fold === 'sumSquare' ? 'sum' : fold, partial, y, { ...line, n: chunks }, chunks);
}

/** Terms per result of the first pass: all, where few or where enough results keep it busy. */
function chunkOf({ software }: Adapter, { outer, n, inner }: Line): number {
  const results = outer * inner;
  if (results * n <= (software ? 65536 : 16384)) return n;
  if (results >= (software ? 256 : 1024)) return n;
  const chunks = Math.min(
    Math.ceil((software ? 1024 : 2048) / results),
    Math.ceil(n / (software ? 64 : 1024)),
  );
  return Math.ceil(n / chunks / 4) * 4;
}

function pass(k: Run, fold: Fold, x: Slot, y: Slot, line: Line, chunk: number): void {
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
