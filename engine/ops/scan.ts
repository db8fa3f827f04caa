import scan from '../../shaders/cumsum/1_serial.wgsl';
import topSerial from '../../shaders/top_k/1_serial.wgsl';
import topTree from '../../shaders/top_k/2_tree.wgsl';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import { putAlong } from './along.ts';
import { demandFloat, type Line, layoutOf, lineOf } from './axes.ts';
import { pass } from './fold.ts';
import { axisOf, reshape } from './view.ts';

export interface ScanOptions {
  /** Sum from the end. */
  reverse?: boolean;
  /** Leave out the element itself. */
  exclusive?: boolean;
}

interface Attrs {
  readonly axis: number;
  readonly reverse: boolean;
  readonly exclusive: boolean;
}

const cumsumOp = op<Attrs>('cumsum', {
  shape: ([x]) => x.shape,
  run(k, [y], [x], { axis, reverse, exclusive }) {
    const line = lineOf(x.shape, [axis]);
    const REVERSE = +reverse;
    const chunk = chunkOf(line);
    const chunks = Math.ceil(line.n / chunk);
    if (chunks === 1) return dispatch(k, x, x, y, line, chunk, { REVERSE, EXCLUSIVE: +exclusive });
    const size = line.outer * chunks * line.inner;
    const [sums, start] = [k.scratch(size), k.scratch(size)];
    pass(k, 'sum', x, sums, line, chunk);
    dispatch(k, sums, sums, start, { ...line, n: chunks }, chunks, { REVERSE, EXCLUSIVE: 1 });
    dispatch(k, x, start, y, line, chunk, { REVERSE, EXCLUSIVE: +exclusive });
  },
  vjp: ([g], _, { axis, reverse, exclusive }) => [
    cumsum(g, axis, { reverse: !reverse, exclusive }),
  ],
});

/** Elements that one thread adds: all, or the root of a long line where there are few lines. */
function chunkOf({ outer, n, inner }: Line): number {
  if (n <= 512 || outer * inner >= 1024) return n;
  return 4 * Math.ceil(Math.sqrt(n) / 4);
}

function dispatch(
  k: Run,
  x: Slot,
  start: Slot,
  y: Slot,
  line: Line,
  chunk: number,
  overrides: Record<string, number>,
): void {
  const chunks = Math.ceil(line.n / chunk);
  const WIDTH = k.gpu.software ? 16 : 64;
  const groups = lines(Math.ceil((line.outer * chunks * line.inner) / WIDTH));
  const params = { ...line, chunk, chunks };
  k.dispatch(scan, { x, start, y }, params, groups, { ...overrides, WIDTH });
}

/** Running sums along an axis. */
export const cumsum = (
  x: Arg,
  axis = -1,
  { reverse = false, exclusive = false }: ScanOptions = {},
): Tensor =>
  about('cumsum', () => {
    const t = toTensor(x);
    demandFloat(t);
    return cumsumOp([t], { axis: axisOf(axis, t.shape.length), reverse, exclusive });
  });

const topKOp = op<{ k: number }>('topK', {
  shape: ([x], { k }) => [
    { shape: [x.shape[0], k], dtype: x.dtype },
    { shape: [x.shape[0], k], dtype: 'u32' },
  ],
  run(run, [values, indices], [x], { k }) {
    const [rows, n] = x.shape;
    const { tree, groups, overrides } = layoutOf(run.gpu, { outer: rows, n, inner: 1 });
    const WIDTH = tree ? overrides.WY : overrides.WIDTH;
    const kernel = tree ? topTree : topSerial;
    run.dispatch(kernel, { x, values, indices }, { rows, n, k }, lines(groups), { WIDTH });
  },
  vjp([g], [x], { k }, [, indices]) {
    const [rows, n] = x.shape;
    const index = reshape(indices, [rows, k, 1]);
    return [g && reshape(putAlong(reshape(g, [rows, k, 1]), index, n), [rows, n])];
  },
});

/**
 * The k largest elements of the last axis in falling order, and their places. Of equals the earlier
 * comes first; NaN counts as largest. The gradient goes to the places. Meant for small k.
 */
export const topK = (x: Arg, k: number): { values: Tensor; indices: Tensor } =>
  about('topK', () => {
    const t = toTensor(x);
    demandFloat(t);
    const n = t.shape[t.shape.length - 1];
    demand(
      t.shape.length > 0 && Number.isInteger(k) && k >= 0 && k <= n,
      () => `k ${k} is not within the last axis of ${dims(t)}. Use 0 to ${n ?? 0}.`,
    );
    const shape = [...t.shape.slice(0, -1), k];
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const [values, indices] = topKOp.all([reshape(t, [rows, n])], { k });
    return { values: reshape(values, shape), indices: reshape(indices, shape) };
  });
