import serial from '../../shaders/moments/1_serial.wgsl';
import tree from '../../shaders/moments/2_tree.wgsl';
import columns from '../../shaders/moments/3_columns.wgsl';
import merge from '../../shaders/moments_merge/1_serial.wgsl';
import { dispatch } from '../choose.ts';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import { type Axes, asLines, axesOf, demandFloat, type Keep, type Line, without } from './axes.ts';
import { chunkOf } from './fold.ts';
import { type LineVariants, lineContract, perThread, perWorkgroup, whole } from './linekernels.ts';
import { add, mul, sub } from './pointwise.ts';
import { reshape } from './view.ts';

const by = {
  serial: perThread(serial),
  tree: perWorkgroup(tree),
  columns: perThread(columns, 4),
} satisfies LineVariants;

/** Sizes are those of one pass: `outer` counts chunks, `n` their elements. */
export const momentsContract = lineContract('moments', by, Object.values(by));

const momentsOp = op('moments', {
  shape([x]) {
    const spec = { shape: [x.shape[0], 1, x.shape[2]], dtype: x.dtype };
    return [spec, spec];
  },
  run(k, [mean, variance], [x]) {
    const [outer, n, inner] = x.shape;
    const chunk = chunkOf(k.gpu, { outer, n, inner }, !k.gpu.software);
    const chunks = Math.ceil(n / chunk);
    if (chunks === 1) return moments(k, x, mean, variance, { outer, n, inner }, n);
    const means = k.scratch(outer * chunks * inner);
    const variances = k.scratch(outer * chunks * inner);
    moments(k, x, means, variances, { outer, n, inner }, chunk);
    const groups = lines(Math.ceil((outer * inner) / 64));
    const slots = { means, variances, mean, variance };
    k.dispatch(merge, slots, { outer, n, inner, chunk, chunks }, groups);
  },
  vjp([gMean, gVariance], [x], _, [mean]) {
    const n = x.shape[1];
    const spread = gVariance && mul(mul(gVariance, 2 / n), sub(x, mean));
    const shift = gMean && mul(gMean, 1 / n);
    return [spread && shift ? add(spread, shift) : (spread ?? shift)];
  },
});

function moments(k: Run, x: Slot, mean: Slot, variance: Slot, line: Line, chunk: number): void {
  const chunks = Math.ceil(line.n / chunk);
  const { outer, n, inner } = line;
  const sizes = whole({ outer: outer * chunks, n: Math.min(chunk, n), inner });
  dispatch(k, momentsContract, sizes, { x, mean, variance }, { ...line, chunk, chunks });
}

/** Mean and variance [outer, 1, inner] of lines [outer, n, inner]. */
const momentsOf = (x: Tensor): Tensor[] => momentsOp.all([x]);

/**
 * Mean square distance from the mean over axes (divided by n, not n - 1). Throws for no elements.
 */
export const variance = (x: Arg, axes?: Axes, { keep = false }: Keep = {}): Tensor =>
  about('variance', () => {
    const t = toTensor(x);
    demandFloat(t);
    const list = axesOf(t, axes);
    const shape = without(t.shape, list, keep);
    const n = list.reduce((size, a) => size * t.shape[a], 1);
    demand(n > 0, () => `${dims(t)} leaves nothing over axes [${list}]. Check for empty batches.`);
    return reshape(momentsOf(asLines(t, list))[1], shape);
  });

/** Mean and variance (divided by n) of each channel, the last axis, over all other axes. */
export const batchStatistics = (x: Arg): { mean: Tensor; variance: Tensor } =>
  about('batchStatistics', () => {
    const t = toTensor(x);
    demandFloat(t);
    demand(
      t.shape.length > 0 && t.size > 0,
      () => `${dims(t)} has no elements to average. Pass [..., channels] with at least one row.`,
    );
    const channels = t.shape[t.shape.length - 1];
    const [mean, spread] = momentsOf(reshape(t, [1, t.size / channels, channels]));
    return { mean: reshape(mean, [channels]), variance: reshape(spread, [channels]) };
  });
