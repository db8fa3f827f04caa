import { variable } from './create.ts';
import { demand } from './errors.ts';
import { type ConvOptions, conv2d } from './ops/conv.ts';
import { gather } from './ops/index.ts';
import { matmul } from './ops/matmul.ts';
import { groupNorm as normaliseGroups, layerNorm as normaliseLayer } from './ops/norm.ts';
import { add, mul, sub } from './ops/pointwise.ts';
import { bernoulli, normal, uniform } from './ops/random.ts';
import { broadcastTo } from './ops/view.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor, type Variable } from './tensor.ts';
import { toTensor } from './op.ts';

/** A variable drawn from U(−limit, limit). */
export const within = (limit: number, shape: Shape, name: string): Variable =>
  variable(mul(sub(uniform(shape), 0.5), 2 * limit), undefined, { name });

/** A variable whose elements all start at one value. */
export const filled = (value: number, shape: Shape, name = ''): Variable =>
  value === 0
    ? variable(null, shape, { name })
    : variable(new Float32Array(sizeOf(shape)).fill(value), shape, { name });

/** Weight [in, out] and bias [out] of an affine map. */
export interface Linear {
  readonly weight: Variable;
  readonly bias?: Variable;
}

/** x · W + b over the last axis: [.., in] → [.., out]. The weight may be computed. */
export function linear({ weight, bias }: { weight: Arg; bias?: Arg }, x: Arg): Tensor {
  const y = matmul(x, weight);
  return bias === undefined ? y : add(y, bias);
}

/** PyTorch's default: U(−1/√in, 1/√in) for weight and bias. */
linear.init = (inputs: number, outputs: number, { bias = true } = {}): Linear => {
  const limit = 1 / Math.sqrt(inputs);
  const weight = within(limit, [inputs, outputs], 'weight');
  return bias ? { weight, bias: within(limit, [outputs], 'bias') } : { weight };
};

/** Filters [kh, kw, in / groups, out] and bias [out] of a convolution. */
export interface Conv {
  readonly weight: Variable;
  readonly bias?: Variable;
}

/** conv2d plus bias: [B, H, W, in] → [B, H', W', out]. */
export function conv({ weight, bias }: Conv, x: Arg, options: ConvOptions = {}): Tensor {
  const y = conv2d(x, weight, options);
  return bias ? add(y, bias) : y;
}

/** PyTorch's default: U(−1/√fan, 1/√fan) with fan = kh · kw · in / groups. */
conv.init = (
  size: number | readonly [number, number],
  inputs: number,
  outputs: number,
  { bias = true, groups = 1 } = {},
): Conv => {
  const [kh, kw] = typeof size === 'number' ? [size, size] : size;
  const limit = 1 / Math.sqrt((kh * kw * inputs) / groups);
  const weight = within(limit, [kh, kw, inputs / groups, outputs], 'weight');
  return bias ? { weight, bias: within(limit, [outputs], 'bias') } : { weight };
};

/** Table [n, d] of vectors. */
export interface Embedding {
  readonly table: Variable;
}

/** Rows of the table: indices [..] → [.., d]. */
export const embedding = ({ table }: Embedding, indices: Arg): Tensor => gather(table, indices);

/** PyTorch's default: N(0, std²) with std 1. */
embedding.init = (n: number, d: number, { std = 1 } = {}): Embedding => ({
  table: variable(mul(normal([n, d]), std), undefined, { name: 'table' }),
});

/** Scale and shift [d] of a normalisation. */
export interface Norm {
  readonly scale: Variable;
  readonly shift: Variable;
}

/** Layer normalisation over the last axis, with learned scale and shift (arXiv 1607.06450). */
export const layerNorm = ({ scale, shift }: Norm, x: Arg, { eps = 1e-5 } = {}): Tensor =>
  normaliseLayer(x, scale, shift, { eps });

/** Group normalisation of NHWC images, with learned scale and shift (arXiv 1803.08494). */
export const groupNorm = (
  { scale, shift }: Norm,
  x: Arg,
  groups: number,
  { eps = 1e-5 } = {},
): Tensor => normaliseGroups(x, groups, scale, shift, { eps });

/** Scale 1, shift 0. */
const normInit = (d: number): Norm => ({
  scale: filled(1, [d], 'scale'),
  shift: filled(0, [d], 'shift'),
});
layerNorm.init = normInit;
groupNorm.init = normInit;

/** Each element kept with probability 1 − rate and scaled by 1 / (1 − rate) (arXiv 1207.0580). */
export function dropout(x: Arg, rate: number): Tensor {
  const t = toTensor(x);
  demand(
    rate >= 0 && rate < 1,
    () => `dropout: rate ${rate} on ${dims(t)}. Use at least 0 and less than 1.`,
  );
  const keep = 1 - rate;
  return mul(t, mul(bernoulli(broadcastTo(keep, t.shape)), 1 / keep));
}
