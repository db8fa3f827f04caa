import groupSerial from '../../shaders/group_norm/1_serial.wgsl';
import groupTree from '../../shaders/group_norm/2_tree.wgsl';
import groupQuads from '../../shaders/group_norm/3_quads.wgsl';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { type Adapter, op, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { demandFloat } from './axes.ts';
import { add, mul, sub } from './pointwise.ts';
import { sum } from './reduce.ts';
import { reshape } from './view.ts';

export { batchStatistics, variance } from './moments.ts';

interface Attrs {
  readonly groups: number;
  readonly eps: number;
  /** Which of scale and shift are there. */
  readonly affine: number;
}

const groupNormOp = op<Attrs>('groupNorm', {
  shape([x], { groups }) {
    const statistics = { shape: [x.shape[0], groups], dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, statistics, statistics];
  },
  run(k, [y, mean, rstd], [x, ...given], { groups, eps, affine }) {
    const [batch, pixels, channels] = x.shape;
    const scale = affine & 1 ? given[0] : x;
    const shift = affine & 2 ? given[given.length - 1] : x;
    const slots = { x, scale, shift, y, mean, rstd };
    const { kernel, count, overrides } = choose(k.gpu, x, groups);
    const params = { batch, pixels, channels, groups, eps, affine };
    k.dispatch(kernel, slots, params, lines(count), overrides);
  },
  vjp: groupNormVjp,
  flops: (_, [x]) => 8 * x.size,
});

/** bench: group_norm/layers, group_norm/images */
function choose(gpu: Adapter, x: Slot, groups: number) {
  const [batch, pixels, channels] = x.shape;
  const size = (pixels * channels) / groups;
  if (!gpu.software && size > 32) {
    const overrides = { WIDTH: size > 1024 ? 256 : 64 };
    return { kernel: groupTree, count: batch * groups, overrides };
  }
  const WIDTH = gpu.software && batch * groups < 4096 ? 16 : 64;
  const kernel = (channels / groups) % 4 === 0 ? groupQuads : groupSerial;
  return { kernel, count: Math.ceil((batch * groups) / WIDTH), overrides: { WIDTH } };
}

/**
 * With x' = (x - mean)·rstd and h = g·scale: dx = rstd·(h - avg(h) - x'·avg(h·x')), averages over a
 * group. These come from sums over pixels per channel, which are the gradients of shift and scale.
 */
function groupNormVjp(
  [g, gMean, gRstd]: (Tensor | null)[],
  [x, ...given]: readonly Tensor[],
  { groups, affine }: Attrs,
  [, mean, rstd]: readonly Tensor[],
): (Tensor | null)[] {
  const [batch, pixels, channels] = x.shape;
  const width = channels / groups;
  const split = [batch, pixels, groups, width];
  const one = [batch, 1, groups, 1];
  const n = pixels * width;
  const r = reshape(rstd, one);
  const unit = mul(sub(reshape(x, split), reshape(mean, one)), r); // x'  [B, P, G, C/G]
  const parts: Tensor[] = [];
  let gScale: Tensor | null = null;
  let gShift: Tensor | null = null;
  if (g) {
    const h = reshape(g, split);
    const scale = affine & 1 ? reshape(given[0], [1, 1, groups, width]) : null;
    const scaled = (t: Tensor): Tensor => (scale ? mul(t, scale) : t);
    const alongX = sum(mul(h, unit), 1, { keep: true }); // [B, 1, G, C/G]
    const alone = sum(h, 1, { keep: true });
    const average = (t: Tensor): Tensor => mul(sum(scaled(t), 3, { keep: true }), 1 / n);
    parts.push(mul(r, sub(sub(scaled(h), average(alone)), mul(unit, average(alongX)))));
    gScale = affine & 1 ? reshape(sum(alongX, 0), [channels]) : null;
    gShift = affine & 2 ? reshape(sum(alone, 0), [channels]) : null;
  }
  if (gMean) parts.push(mul(reshape(gMean, one), 1 / n));
  if (gRstd) parts.push(mul(mul(reshape(gRstd, one), mul(mul(r, r), -1 / n)), unit));
  const gx = reshape(
    parts.reduce((a, b) => add(a, b)),
    x.shape,
  );
  return [gx, ...(affine & 1 ? [gScale] : []), ...(affine & 2 ? [gShift] : [])];
}

interface Eps {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

function normalise(
  x: Tensor,
  flat: Shape,
  groups: number,
  scale?: Arg,
  shift?: Arg,
  eps = 1e-5,
): Tensor {
  const channels = flat[2];
  const given = [scale, shift].filter((t) => t !== undefined).map((t) => toTensor(t));
  for (const t of given) {
    demand(
      t.shape.length === 1 && t.shape[0] === channels,
      () =>
        `x is ${dims(x)}, scale or shift ${dims(t)}, expected [${channels}]. Pass one per channel.`,
    );
    demandFloat(t);
  }
  demandFloat(x);
  const affine = (scale === undefined ? 0 : 1) + (shift === undefined ? 0 : 2);
  return reshape(groupNormOp([reshape(x, flat), ...given], { groups, eps, affine }), x.shape);
}

/**
 * x less its mean, over its standard deviation, both over the last axis; times scale, plus shift.
 * Ba, Kiros, Hinton 2016 (1607.06450), eq. 3.
 * @param scale [n]; none: 1
 * @param shift [n]; none: 0
 */
export const layerNorm = (x: Arg, scale?: Arg, shift?: Arg, { eps }: Eps = {}): Tensor =>
  about('layerNorm', () => {
    const t = toTensor(x);
    demand(t.shape.length > 0, () => `${dims(t)} has no axis. Pass at least one dimension.`);
    const n = t.shape[t.shape.length - 1];
    return normalise(t, [sizeOf(t.shape.slice(0, -1)), 1, n], 1, scale, shift, eps);
  });

/**
 * x less its mean, over its standard deviation, both over all pixels and the channels of a group of
 * each sample; times scale, plus shift, per channel. Wu, He 2018 (1803.08494), eq. 1.
 * @param x [B, ..., C], channels last
 * @param groups divides C
 */
export const groupNorm = (
  x: Arg,
  groups: number,
  scale?: Arg,
  shift?: Arg,
  { eps }: Eps = {},
): Tensor =>
  about('groupNorm', () => {
    const t = toTensor(x);
    demand(t.shape.length > 1, () => `${dims(t)} is no [B, ..., C]. Add a batch dimension.`);
    const channels = t.shape[t.shape.length - 1];
    demand(
      Number.isInteger(groups) && groups > 0 && channels % groups === 0,
      () => `${groups} groups don't divide the ${channels} channels of ${dims(t)}. Use a divisor.`,
    );
    const pixels = sizeOf(t.shape.slice(1, -1));
    return normalise(t, [t.shape[0], pixels, channels], groups, scale, shift, eps);
  });
