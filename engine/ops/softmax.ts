import lseSerial from '../../shaders/log_sum_exp/1_serial.wgsl';
import lseTree from '../../shaders/log_sum_exp/2_tree.wgsl';
import serial from '../../shaders/softmax/1_serial.wgsl';
import tree from '../../shaders/softmax/2_tree.wgsl';
import rows from '../../shaders/softmax/3_rows.wgsl';
import gradSerial from '../../shaders/softmax_grad/1_serial.wgsl';
import gradTree from '../../shaders/softmax_grad/2_tree.wgsl';
import gradRows from '../../shaders/softmax_grad/3_rows.wgsl';
import { about } from '../errors.ts';
import { lines } from '../kernel.ts';
import { type Adapter, op, type OpFunction, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, sizeOf, type Tensor } from '../tensor.ts';
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
import { abs, equal, exp, mul, sub, where } from './pointwise.ts';
import { sum } from './reduce.ts';
import { axisOf, broadcastTo, reshape } from './view.ts';

interface Attrs {
  readonly axis: number;
}

/** The variant of three: a thread per line, threads that share one, four elements at a time. */
function choose<K>(gpu: Adapter, line: Line, [serial, tree, rows]: readonly K[]) {
  const { tree: shared, groups, overrides } = layoutOf(gpu, line);
  const quads = line.inner === 1 && line.n % 4 === 0;
  return { kernel: shared ? tree : quads ? rows : serial, groups: lines(groups), overrides };
}

function run(k: Run, y: Slot, x: Slot, axis: number, LOG: number): void {
  const line = lineOf(x.shape, [axis]);
  const { kernel, groups, overrides } = choose(k.gpu, line, [serial, tree, rows]);
  k.dispatch(kernel, { x, y }, { ...line }, groups, { LOG, ...overrides });
}

const softmaxOp = op<Attrs>('softmax', {
  shape: ([x]) => x.shape,
  run: (k, [y], [x], { axis }) => run(k, y, x, axis, 0),
  vjp: ([g], _, attrs, [y]) => [softmaxGrad([y, g], attrs)],
  flops: (_, [x]) => 20 * x.size,
});

/** y · (g - sum(g · y)) along an axis: the gradient of softmax in one kernel. */
const softmaxGrad: OpFunction<Attrs> = op<Attrs>('softmaxGrad', {
  shape: ([y]) => y.shape,
  run(k, [d], [y, g], { axis }) {
    const line = lineOf(y.shape, [axis]);
    const variants = [gradSerial, gradTree, gradRows];
    const { kernel, groups, overrides } = choose(k.gpu, line, variants);
    k.dispatch(kernel, { y, g, d }, { ...line }, groups, overrides);
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
    const { tree: shared, groups, overrides } = layoutOf(k.gpu, line);
    k.dispatch(shared ? lseTree : lseSerial, { x, y }, { ...line }, lines(groups), overrides);
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
