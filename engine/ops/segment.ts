import serial from '../../shaders/segment_reduce/1_serial.wgsl';
import columns from '../../shaders/segment_reduce/2_columns.wgsl';
import tree from '../../shaders/segment_reduce/3_tree.wgsl';
import { type Contract, dispatch } from '../choose.ts';
import { about, demand } from '../errors.ts';
import { op, type OpFunction, toTensor } from '../op.ts';
import { type Arg, dims, sizeOf, type Tensor } from '../tensor.ts';
import { demandFloat } from './axes.ts';
import { gather } from './index.ts';
import { div, equal, maximum, where } from './pointwise.ts';
import { broadcastTo, reshape } from './view.ts';

/** Sizes of a fold by segments: [rows, inner] to [segments, inner]. */
interface Segments {
  readonly rows: number;
  readonly inner: number;
  readonly segments: number;
}

const perThread = (threads: number, software: boolean) => {
  const WIDTH = software && threads < 4096 ? 16 : 64;
  return { groups: Math.ceil(threads / WIDTH), overrides: { WIDTH } };
};

export const segmentReduceContract: Contract<Segments> = {
  name: 'segment_reduce',
  variants: [
    {
      kernel: serial,
      launch: ({ inner, segments }, { software }) => perThread(inner * segments, software),
    },
    {
      kernel: columns,
      applies: ({ inner }) => inner % 4 === 0,
      launch: ({ inner, segments }, { software }) => perThread((inner / 4) * segments, software),
    },
    {
      kernel: tree,
      launch({ inner, segments }) {
        const WX = Math.min(32, 2 ** Math.ceil(Math.log2(inner)));
        const groups = segments * Math.ceil(inner / WX);
        return { groups, overrides: { WX, WY: (inner > 1 ? 256 : 64) / WX } };
      },
    },
  ],
  /** A CPU driver pays for barriers. A GPU wants neighbours read by neighbours, by enough threads. */
  heuristic({ inner, segments }, { software }) {
    const four = inner % 4 === 0;
    if (software) return four ? columns : serial;
    if (inner >= 32 && inner * segments >= 32768) {
      return four && inner >= 128 && inner * segments >= 131072 ? columns : serial;
    }
    return tree;
  },
};

interface Attrs {
  readonly segments: number;
}

type Vjp = (g: Tensor, ids: Tensor, x: Tensor, y: Tensor, attrs: Attrs) => Tensor;

const foldOp = (name: string, OP: number, vjp: Vjp) =>
  op<Attrs>(name, {
    shape: ([x], { segments }) => [segments, ...x.shape.slice(1)],
    run(k, [y], [x, ids], { segments }) {
      const sizes = { rows: ids.size, inner: sizeOf(x.shape.slice(1)), segments };
      dispatch(k, segmentReduceContract, sizes, { x, ids, y }, { ...sizes }, { OP });
    },
    vjp: ([g], [x, ids], attrs, [y]) => [vjp(g, ids, x, y, attrs), null],
    flops: (_, [x]) => x.size,
  });

const segmentSumOp = foldOp('segmentSum', 0, (g, ids) => gather(g, ids));

const segmentMaxOp = foldOp('segmentMax', 1, (g, ids, x, y, attrs) => {
  const largest = where(equal(x, gather(y, ids)), 1, 0);
  const each = div(g, maximum(segmentSumOp([largest, ids], attrs), 1));
  return where(largest, gather(each, ids), 0);
});

/**
 * Sums of the rows of x [n, ...] that share an id: [segments, ...]. The ids [n] must rise (u32); a
 * segment without rows is 0. The same bits every time. For ids in any order use scatterAdd.
 */
export const segmentSum = (x: Arg, ids: Arg, segments: number): Tensor =>
  about('segmentSum', () => record(segmentSumOp, toTensor(x), toTensor(ids, 'u32'), segments));

/**
 * Maxima of the rows of x [n, ...] that share an id, as segmentSum; -inf for a segment without rows.
 * NaN wins. Rows that are equally large share the gradient.
 */
export const segmentMax = (x: Arg, ids: Arg, segments: number): Tensor =>
  about('segmentMax', () => record(segmentMaxOp, toTensor(x), toTensor(ids, 'u32'), segments));

/** Means of the rows of x [n, ...] that share an id, as segmentSum; 0 for a segment without rows. */
export const segmentMean = (x: Arg, ids: Arg, segments: number): Tensor =>
  about('segmentMean', () => {
    const [t, i] = [toTensor(x), toTensor(ids, 'u32')];
    const total = record(segmentSumOp, t, i, segments);
    const counts = record(segmentSumOp, broadcastTo(1, i.shape), i, segments);
    const each = reshape(counts, [segments, ...t.shape.slice(1).map(() => 1)]);
    return div(total, maximum(each, 1));
  });

function record(fold: OpFunction<Attrs>, t: Tensor, ids: Tensor, segments: number): Tensor {
  demandFloat(t);
  demand(
    ids.dtype === 'u32' && ids.shape.length === 1 && ids.size === t.shape[0],
    () =>
      `${dims(t)} with ids ${dims(ids)} ${ids.dtype}, expected one u32 per row. Reshape or cast.`,
  );
  demand(
    Number.isInteger(segments) && segments >= 0,
    () => `${segments} segments for ${dims(t)}. Use an integer of at least 0.`,
  );
  return fold([t, ids], { segments });
}
