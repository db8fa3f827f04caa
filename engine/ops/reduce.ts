import { about, demand } from '../errors.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, sizeOf, type Tensor } from '../tensor.ts';
import { argmax, argmin, putAlong } from './along.ts';
import { type Axes, axesOf, demandFloat, type Keep, lineOf, neighbours, without } from './axes.ts';
import { type Fold, reduce } from './fold.ts';
import { pad } from './layout.ts';
import { div, equal, mul, sqrt, square, where } from './pointwise.ts';
import { broadcastTo, flip, reshape, slice } from './view.ts';

export { argmax, argmin };

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
  if (sizeOf(shape) === t.size) return reshape(fold === 'sumSquare' ? square(t) : t, shape);
  const [first, ...others] = neighbours(t.shape, list);
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
