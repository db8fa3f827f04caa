import { dispatch } from '../choose.ts';
import { about, demand } from '../errors.ts';
import { grad } from '../grad.ts';
import { op, type OpFunction, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { demandFloat } from './axes.ts';
import { groupNormContract, groupNormGradContract } from './normkernels.ts';
import { add, mul, square, sub } from './pointwise.ts';
import { sum } from './reduce.ts';
import { broadcastTo, reshape, same } from './view.ts';

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
    const sizes = { batch, pixels, channels, groups };
    dispatch(k, groupNormContract, sizes, slots, { ...sizes, eps, affine });
  },
  vjp: ([g, gMean, gRstd], inputs, attrs, out) =>
    g && !gMean && !gRstd
      ? fused(g, inputs, attrs, out)
      : composed([g, gMean, gRstd], inputs, attrs, out),
  flops: (_, [x]) => 8 * x.size,
});

/** The gradient for x and, per sample and channel, those for scale and shift. */
const gradOp: OpFunction<Attrs> = op<Attrs>('groupNormGrad', {
  shape([x]) {
    const sums = { shape: [x.shape[0], x.shape[2]], dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, sums, sums];
  },
  run(k, [d, along, alone], [x, g, mean, rstd, scale], { groups, affine }) {
    const [batch, pixels, channels] = x.shape;
    const sizes = { batch, pixels, channels, groups };
    const slots = { x, g, scale: scale ?? x, mean, rstd, d, along, alone };
    dispatch(k, groupNormGradContract, sizes, slots, { ...sizes, affine: affine & 1 });
  },
  // The same in ops, on inputs of their own, so that this can be differentiated without end.
  vjp(gs, inputs, { groups }) {
    const [x, g, mean, rstd, scale] = inputs.map(same);
    const { gx, along, alone } = slopes(x, g, mean, rstd, scale, groups);
    const outs = [gx, along, alone].map((t, i) => gs[i] && sum(mul(t, gs[i])));
    const total = outs.filter((t) => t !== null).reduce((a, b) => add(a, b));
    return grad(total, scale ? [x, g, mean, rstd, scale] : [x, g, mean, rstd]);
  },
});

function fused(
  g: Tensor,
  [x, ...given]: readonly Tensor[],
  attrs: Attrs,
  [, mean, rstd]: readonly Tensor[],
): (Tensor | null)[] {
  const scale = attrs.affine & 1 ? [given[0]] : [];
  const [gx, along, alone] = gradOp.all([x, g, mean, rstd, ...scale], attrs);
  return [gx, ...affineGrads(along, alone, attrs)];
}

const affineGrads = (along: Tensor, alone: Tensor, { affine }: Attrs): Tensor[] => [
  ...(affine & 1 ? [sum(along, 0)] : []),
  ...(affine & 2 ? [sum(alone, 0)] : []),
];

/**
 * With u = (x - mean)·rstd and h = g·scale: gx = rstd·(h - avg(h) - u·avg(h·u)), averages over a
 * group. These come from sums over pixels: along = sum g·u, alone = sum g. [B, C]
 */
function slopes(
  x: Tensor,
  g: Tensor,
  mean: Tensor,
  rstd: Tensor,
  scale: Tensor | undefined,
  groups: number,
) {
  const [batch, pixels, channels] = x.shape;
  const split = [batch, pixels, groups, channels / groups];
  const one = [batch, 1, groups, 1];
  const r = reshape(rstd, one);
  const u = mul(sub(reshape(x, split), reshape(mean, one)), r); // [B, P, G, C/G]
  const h = reshape(g, split);
  const a = scale && reshape(scale, [1, 1, groups, channels / groups]);
  const scaled = (t: Tensor): Tensor => (a ? mul(t, a) : t);
  const along = sum(mul(h, u), 1, { keep: true }); // [B, 1, G, C/G]
  const alone = sum(h, 1, { keep: true });
  const n = (pixels * channels) / groups;
  const average = (t: Tensor): Tensor => mul(sum(scaled(t), 3, { keep: true }), 1 / n);
  const gx = mul(r, sub(sub(scaled(h), average(alone)), mul(u, average(along))));
  const sums = [batch, channels];
  return { gx: reshape(gx, x.shape), along: reshape(along, sums), alone: reshape(alone, sums), u };
}

/** The gradient in ops, also where mean and rstd have one: what a gradient of a gradient needs. */
function composed(
  [g, gMean, gRstd]: (Tensor | null)[],
  [x, ...given]: readonly Tensor[],
  attrs: Attrs,
  [, mean, rstd]: readonly Tensor[],
): (Tensor | null)[] {
  const [batch, pixels, channels] = x.shape;
  const { groups, affine } = attrs;
  const one = [batch, 1, groups, 1];
  const n = (pixels * channels) / groups;
  const scale = affine & 1 ? given[0] : undefined;
  const { gx, along, alone, u } = slopes(
    x,
    g ?? broadcastTo(0, x.shape),
    mean,
    rstd,
    scale,
    groups,
  );
  const parts = g ? [gx] : [];
  if (gMean) parts.push(reshape(broadcastTo(mul(reshape(gMean, one), 1 / n), u.shape), x.shape));
  if (gRstd) {
    const squared = mul(square(reshape(rstd, one)), -1 / n);
    parts.push(reshape(mul(mul(reshape(gRstd, one), squared), u), x.shape));
  }
  const total = parts.reduce((a, b) => add(a, b));
  return [total, ...(g ? affineGrads(along, alone, attrs) : given.map(() => null))];
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
