import lseSerial from '../../shaders/log_sum_exp/1_serial.wgsl';
import lseTree from '../../shaders/log_sum_exp/2_tree.wgsl';
import lseRows from '../../shaders/log_sum_exp/3_rows.wgsl';
import lseSubgroup from '../../shaders/log_sum_exp/4_subgroup.wgsl';
import serial from '../../shaders/softmax/1_serial.wgsl';
import tree from '../../shaders/softmax/2_tree.wgsl';
import rows from '../../shaders/softmax/3_rows.wgsl';
import subgroup from '../../shaders/softmax/4_subgroup.wgsl';
import wideRows from '../../shaders/softmax/5_wide_rows.wgsl';
import gradSerial from '../../shaders/softmax_grad/1_serial.wgsl';
import gradTree from '../../shaders/softmax_grad/2_tree.wgsl';
import gradRows from '../../shaders/softmax_grad/3_rows.wgsl';
import gradSubgroup from '../../shaders/softmax_grad/4_subgroup.wgsl';
import gradWideRows from '../../shaders/softmax_grad/5_wide_rows.wgsl';
import { dispatch } from '../choose.ts';
import { about } from '../errors.ts';
import { op, type OpFunction, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, sizeOf, type Tensor } from '../tensor.ts';
import { type Axes, axesOf, demandFloat, type Keep, lineOf, neighbours, without } from './axes.ts';
import {
  type LineVariants,
  lineContract,
  perSubgroup,
  perThread,
  perWorkgroup,
  whole,
} from './linekernels.ts';
import { abs, equal, exp, mul, sub, where } from './pointwise.ts';
import { sum } from './reduce.ts';
import { axisOf, broadcastTo, reshape } from './view.ts';

interface Attrs {
  readonly axis: number;
}

const softmaxBy = {
  serial: perThread(serial),
  tree: perWorkgroup(tree),
  rows: perThread(rows, 1, 4),
  subgroup: perSubgroup(subgroup),
  wideRows: perThread(wideRows, 1, 16),
} satisfies LineVariants;
export const softmaxContract = lineContract('softmax', softmaxBy, Object.values(softmaxBy));

const gradBy = {
  serial: perThread(gradSerial),
  tree: perWorkgroup(gradTree),
  rows: perThread(gradRows, 1, 4),
  subgroup: perSubgroup(gradSubgroup),
  wideRows: perThread(gradWideRows, 1, 16),
} satisfies LineVariants;
export const softmaxGradContract = lineContract('softmax_grad', gradBy, Object.values(gradBy));

const lseBy = {
  serial: perThread(lseSerial),
  tree: perWorkgroup(lseTree),
  rows: perThread(lseRows, 1, 4),
  subgroup: perSubgroup(lseSubgroup),
} satisfies LineVariants;
export const logSumExpContract = lineContract('log_sum_exp', lseBy, Object.values(lseBy));

function run(k: Run, y: Slot, x: Slot, axis: number, LOG: number): void {
  const line = lineOf(x.shape, [axis]);
  dispatch(k, softmaxContract, whole(line), { x, y }, { ...line }, { LOG });
}

const softmaxOp = op<Attrs>('softmax', {
  shape: ([x]) => x.shape,
  run: (k, [y], [x], { axis }) => run(k, y, x, axis, 0),
  vjp: ([g], _, attrs, [y]) => [softmaxGrad([y, g], attrs)],
  flops: (_, [x]) => 20 * x.size,
});

/** y · (g - sum(g · y)) along an axis: the gradient of softmax in one kernel. */
export const softmaxGrad: OpFunction<Attrs> = op<Attrs>('softmaxGrad', {
  shape: ([y]) => y.shape,
  run(k, [d], [y, g], { axis }) {
    const line = lineOf(y.shape, [axis]);
    dispatch(k, softmaxGradContract, whole(line), { y, g, d }, { ...line });
  },
  vjp([h], [y, g], attrs) {
    const along = (t: Tensor): Tensor => sum(mul(t, y), attrs.axis, { keep: true });
    return [sub(mul(h, sub(g, along(g))), mul(g, along(h))), softmaxGrad([y, h], attrs)];
  },
  epilogue: true,
  flops: (_, [y]) => 4 * y.size,
});

const logSoftmaxOp = op<Attrs>('logSoftmax', {
  shape: ([x]) => x.shape,
  run: (k, [y], [x], { axis }) => run(k, y, x, axis, 1),
  vjp: ([g], _, { axis }, [y]) => [sub(g, mul(exp(y), sum(g, axis, { keep: true })))],
  flops: (_, [x]) => 20 * x.size,
});

/** exp(x) / sum exp(x) along an axis, of any magnitudes. NaN where a line has NaN or +Inf. */
export const softmax = (x: Arg, axis = -1): Tensor => along('softmax', softmaxOp, x, axis);
/** x - logSumExp(x) along an axis, of any magnitudes. NaN where a line has NaN or +Inf. */
export const logSoftmax = (x: Arg, axis = -1): Tensor => along('logSoftmax', logSoftmaxOp, x, axis);

const along = (name: string, record: typeof softmaxOp, x: Arg, axis: number): Tensor =>
  about(name, () => {
    const t = toTensor(x);
    demandFloat(t);
    return record([t], { axis: axisOf(axis, t.shape.length) });
  });

const logSumExpOp = op<{ axes: readonly number[]; keep: boolean }>('logSumExp', {
  shape: ([x], { axes, keep }) => without(x.shape, axes, keep),
  run(k, [y], [x], { axes }) {
    const line = lineOf(x.shape, axes);
    dispatch(k, logSumExpContract, whole(line), { x, y }, { ...line });
  },
  vjp([g], [x], { axes }, [y]) {
    const kept = without(x.shape, axes, true);
    // The softmax; a line of nothing but -Inf has no slope.
    const level = where(equal(abs(y), Number.POSITIVE_INFINITY), 0, y);
    return [mul(reshape(g, kept), exp(sub(x, reshape(level, kept))))];
  },
  epilogue: true,
  flops: (_, [x]) => 20 * x.size,
});

/** ln sum exp(x) over axes, of any magnitudes; -Inf for no elements or nothing but -Inf. */
export const logSumExp = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('logSumExp', () => {
    const t = toTensor(x);
    demandFloat(t);
    const list = axesOf(t, axes);
    const shape = without(t.shape, list, keep);
    if (t.size === 0 && sizeOf(shape) > 0) return broadcastTo(Number.NEGATIVE_INFINITY, shape);
    return neighbours(t.shape, list).reduce(
      (y, group) => logSumExpOp([y], { axes: group, keep }),
      t,
    );
  });
