import lseSerial from '../../shaders/log_sum_exp/1_serial.wgsl';
import lseTree from '../../shaders/log_sum_exp/2_tree.wgsl';
import serial from '../../shaders/softmax/1_serial.wgsl';
import tree from '../../shaders/softmax/2_tree.wgsl';
import rows from '../../shaders/softmax/3_rows.wgsl';
import { about } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, sizeOf, type Tensor } from '../tensor.ts';
import {
  type Axes,
  axesOf,
  demandFloat,
  type Keep,
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

/** bench: softmax/rows, softmax/columns */
function run(k: Run, y: Slot, x: Slot, axis: number, LOG: number): void {
  const line = lineOf(x.shape, [axis]);
  const { tree: shared, groups, overrides } = layoutOf(k.gpu, line);
  const quads = line.inner === 1 && line.n % 4 === 0;
  const kernel = shared ? tree : quads ? rows : serial;
  k.dispatch(kernel, { x, y }, { ...line }, lines(groups), { LOG, ...overrides });
}

const softmaxOp = op<Attrs>('softmax', {
  shape: ([x]) => x.shape,
  run: (k, [y], [x], { axis }) => run(k, y, x, axis, 0),
  vjp: ([g], _, { axis }, [y]) => [mul(y, sub(g, sum(mul(g, y), axis, { keep: true })))],
  flops: (_, [x]) => 20 * x.size,
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
