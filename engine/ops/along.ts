import largestSerial from '../../shaders/arg_reduce/1_serial.wgsl';
import largestTree from '../../shaders/arg_reduce/2_tree.wgsl';
import largestSubgroup from '../../shaders/arg_reduce/3_subgroup.wgsl';
import put from '../../shaders/put_along/1_gather.wgsl';
import take from '../../shaders/take_along/1_gather.wgsl';
import { about, demand } from '../errors.ts';
import { dispatch } from '../choose.ts';
import { lines } from '../kernel.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import { type Axes, asLines, axesOf, demandFloat, type Keep, without } from './axes.ts';
import {
  type LineVariants,
  lineContract,
  perSubgroup,
  perThread,
  perWorkgroup,
  whole,
} from './linekernels.ts';
import { pad } from './layout.ts';
import { add, mul } from './pointwise.ts';
import { reshape } from './view.ts';

const by = {
  serial: perThread(largestSerial),
  tree: perWorkgroup(largestTree),
  subgroup: perSubgroup(largestSubgroup),
} satisfies LineVariants;

export const argReduceContract = lineContract('arg_reduce', by, Object.values(by));

const argOp = op<{ op: 'argmax' | 'argmin' }>('argReduce', {
  shape: ([x]) => ({ shape: [x.shape[0], x.shape[2]], dtype: 'u32' }),
  run(k, [y], [x], attrs) {
    const [outer, n, inner] = x.shape;
    const line = { outer, n, inner };
    const OP = attrs.op === 'argmax' ? 0 : 1;
    dispatch(k, argReduceContract, whole(line), { x, y }, line, { OP });
  },
});

/** The place of the extreme element in row-major order of the folded axes. */
function argReduce(
  which: 'argmax' | 'argmin',
  x: Arg,
  axes: Axes | undefined,
  keep: boolean,
): Tensor {
  return about(which, () => {
    const t = toTensor(x);
    demandFloat(t);
    const list = axesOf(t, axes);
    const shape = without(t.shape, list, keep);
    demand(
      t.size > 0 || list.every((a) => t.shape[a] > 0),
      () => `${dims(t)} has no element to point at over axes [${list}]. Check for empty batches.`,
    );
    return reshape(placeOf(asLines(t, list), which), shape);
  });
}

/**
 * Places [outer, inner] along lines [outer, n, inner]. Few long lines are cut in parts that keep more
 * threads busy: the place in each part, then the best part. What pads the last one loses every tie.
 */
function placeOf(lines: Tensor, which: 'argmax' | 'argmin'): Tensor {
  const [outer, n, inner] = lines.shape;
  if (n < 1 << 15 || outer * inner >= 64) return argOp([lines], { op: which });
  const part = 16 * Math.ceil(Math.sqrt(n) / 16);
  const parts = Math.ceil(n / part);
  const worst = which === 'argmax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const beyond: [number, number][] = [
    [0, 0],
    [0, part * parts - n],
    [0, 0],
  ];
  const padded = n % part ? pad(lines, beyond, worst) : lines;
  const cut = reshape(padded, [outer * parts, part, inner]);
  const within = argOp([cut], { op: which }); // [outer · parts, inner]
  const each = reshape(within, [outer * parts, 1, inner]);
  const best = argOp([reshape(takeAlong(cut, each), [outer, parts, inner])], { op: which });
  const index = reshape(best, [outer, 1, inner]);
  const place = takeAlong(reshape(within, [outer, parts, inner]), index);
  return reshape(add(mul(index, part), place), [outer, inner]);
}

/** Index of the largest element over axes, in row-major order of these; the first of equals; NaN wins. */
export const argmax = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  argReduce('argmax', x, axes, keep);
/** Index of the smallest element over axes, in row-major order of these; the first of equals; NaN wins. */
export const argmin = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  argReduce('argmin', x, axes, keep);

/** Picks x[o, index[o, k, i], i]: [outer, n, inner] and [outer, k, inner] make [outer, k, inner]. */
export function takeAlong(x: Tensor, index: Tensor): Tensor {
  return takeOp([x, index]);
}

/** Puts x[o, k, i] to [o, index[o, k, i], i] among zeros; what meets is added. [outer, n, inner]. */
export function putAlong(x: Tensor, index: Tensor, n: number): Tensor {
  return putOp([x, index], { n });
}

const takeOp = op('takeAlong', {
  epilogue: true,
  shape: ([x, index]) => ({ shape: index.shape, dtype: x.dtype }),
  run(k, [y], [x, index]) {
    const params = { size: y.size, n: x.shape[1], k: index.shape[1], inner: x.shape[2] };
    k.dispatch(take, { x, index, y }, params, lines(Math.ceil(y.size / 64)));
  },
  vjp: ([g], [x, index]) => [putAlong(g, index, x.shape[1]), null],
});

const putOp = op<{ n: number }>('putAlong', {
  shape: ([x], { n }) => [x.shape[0], n, x.shape[2]],
  run(k, [y], [x, index], { n }) {
    const params = { size: y.size, n, k: index.shape[1], inner: x.shape[2] };
    k.dispatch(put, { x, index, y }, params, lines(Math.ceil(y.size / 64)));
  },
  vjp: ([g], [, index]) => [takeAlong(g, index), null],
});
