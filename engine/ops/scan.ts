import serial from '../../shaders/cumsum/1_serial.wgsl';
import workgroup from '../../shaders/cumsum/2_workgroup.wgsl';
import subgroup from '../../shaders/cumsum/3_subgroup.wgsl';
import topSerial from '../../shaders/top_k/1_serial.wgsl';
import topTree from '../../shaders/top_k/2_tree.wgsl';
import topOnce from '../../shaders/top_k/3_once.wgsl';
import { type Contract, dispatch } from '../choose.ts';
import { about, demand } from '../errors.ts';
import { type Adapter, op, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import { putAlong } from './along.ts';
import { demandFloat, type Line, lineOf } from './axes.ts';
import { pass } from './fold.ts';
import { type Lines, perSubgroup, perThread, whole } from './linekernels.ts';
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

const bySum = {
  serial: perThread(serial),
  workgroup: {
    kernel: workgroup,
    applies: ({ inner }: Lines) => inner === 1,
    launch: ({ outer, n }: Lines) => ({
      groups: outer,
      overrides: { WIDTH: n > 64 ? 256 : 64 },
    }),
  },
  subgroup: perSubgroup(subgroup),
};

/** Sizes are those of one pass: `outer` counts chunks, `n` their elements. */
export const cumsumContract: Contract<Lines> = {
  name: 'cumsum',
  variants: Object.values(bySum),
  /**
   * A GPU reads neighbours with neighbouring threads: of a row, or of columns side by side. Rows of
   * 64 bytes would leave most of them idle; these stay in cache from one turn of a thread to the next.
   */
  heuristic({ align, n, inner }, gpu) {
    if (gpu.software || inner > 1 || n <= 16) return serial;
    return align >= 4 && (gpu.subgroupSize ?? 0) >= 4 ? subgroup : workgroup;
  },
};

const cumsumOp = op<Attrs>('cumsum', {
  shape: ([x]) => x.shape,
  run(k, [y], [x], { axis, reverse, exclusive }) {
    const line = lineOf(x.shape, [axis]);
    const REVERSE = +reverse;
    const chunk = chunkOf(k.gpu, line);
    const chunks = Math.ceil(line.n / chunk);
    if (chunks === 1) return scan(k, x, x, y, line, chunk, { REVERSE, EXCLUSIVE: +exclusive });
    const size = line.outer * chunks * line.inner;
    const [sums, start] = [k.scratch(size), k.scratch(size)];
    pass(k, 'sum', x, sums, line, chunk);
    scan(k, sums, sums, start, { ...line, n: chunks }, chunks, { REVERSE, EXCLUSIVE: 1 });
    scan(k, x, start, y, line, chunk, { REVERSE, EXCLUSIVE: +exclusive });
  },
  vjp: ([g], _, { axis, reverse, exclusive }) => [
    cumsum(g, axis, { reverse: !reverse, exclusive }),
  ],
});

/**
 * Elements of a chunk: all, or of a long line where there are few lines its root where a thread has
 * a chunk, and what leaves 1,024 chunks where a workgroup or subgroup has one.
 */
function chunkOf({ software }: Adapter, { outer, n, inner }: Line): number {
  const lines = outer * inner;
  if (software || inner > 1) {
    return n <= 512 || lines >= 1024 ? n : 16 * Math.ceil(Math.sqrt(n) / 16);
  }
  const chunks = Math.min(Math.ceil(1024 / lines), Math.ceil(n / 1024));
  return lines >= 256 ? n : 16 * Math.ceil(n / chunks / 16);
}

/** One dispatch: each chunk scanned from its start. */
function scan(
  k: Run,
  x: Slot,
  start: Slot,
  y: Slot,
  line: Line,
  chunk: number,
  fixed: Record<string, number>,
): void {
  const chunks = Math.ceil(line.n / chunk);
  const { outer, n, inner } = line;
  const { align } = whole(line);
  const sizes: Lines = {
    ...{ outer: outer * chunks, n: Math.min(chunk, n), inner },
    align: chunk < n && chunk % 4 ? 1 : align,
  };
  dispatch(k, cumsumContract, sizes, { x, start, y }, { ...line, chunk, chunks }, fixed);
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

interface Top extends Lines {
  readonly k: number;
}

/** The largest k that a thread keeps in registers. */
const KEPT = 16;
const wholeRows = perThread(topOnce);

export const topKContract: Contract<Top> = {
  name: 'top_k',
  variants: [
    perThread(topSerial),
    {
      kernel: topTree,
      launch: ({ outer, n }) => ({ groups: outer, overrides: { WIDTH: n > 1024 ? 256 : 64 } }),
    },
    { ...wholeRows, applies: ({ k }) => k <= KEPT },
  ],
  /** A GPU should read neighbours with neighbouring threads; a CPU should read once. */
  heuristic: ({ k }, { software }) => (software ? (k <= KEPT ? topOnce : topSerial) : topTree),
};

const topKOp = op<{ k: number }>('topK', {
  shape: ([x], { k }) => [
    { shape: [x.shape[0], k], dtype: x.dtype },
    { shape: [x.shape[0], k], dtype: 'u32' },
  ],
  run(run, [values, indices], [x], { k }) {
    const [rows, n] = x.shape;
    const sizes = { ...whole({ outer: rows, n, inner: 1 }), k };
    dispatch(run, topKContract, sizes, { x, values, indices }, { rows, n, k });
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
