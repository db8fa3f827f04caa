/** The public surface of the tensor engine. */
export type { Choice, Contract, Tuning, Variant } from './choose.ts';
export { tensor, variable } from './create.ts';
export { EightfoldError, type ErrorKind } from './errors.ts';
export { currentGpu, type Gpu, type MemoryReport, type OpenOptions, open } from './gpu.ts';
export { grad, hvp, jvp, valueAndGrad, vjp } from './grad.ts';
export type { Kernel } from './kernel.ts';
export * as nn from './nn.ts';
export * from './ops/attention.ts';
export * from './ops/conv.ts';
export { decodeAttention, writeRows } from './ops/decode.ts';
export {
  type BallCounts,
  type Balls,
  BLOCK,
  ballCounts,
  blockDistances,
  type Points,
} from './ops/distances.ts';
export * from './ops/index.ts';
export * from './ops/layout.ts';
export * from './ops/linalg.ts';
export * from './ops/losses.ts';
export { type Degrees, maskedMatmul } from './ops/maskedmatmul.ts';
export { type Mask, type MaskedOptions, maskedConv2d } from './ops/masked.ts';
export * from './ops/matmul.ts';
export * from './ops/norm.ts';
export { avgPool2d, maxPool2d, type PoolOptions } from './ops/pool.ts';
export {
  abs,
  add,
  cast,
  clamp,
  cos,
  div,
  elu,
  equal,
  erf,
  exp,
  expm1,
  floor,
  gelu,
  greater,
  greaterEqual,
  leakyRelu,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logSigmoid,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  pow,
  reciprocal,
  relu,
  round,
  rsqrt,
  sigmoid,
  sign,
  silu,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from './ops/pointwise.ts';
export * from './ops/random.ts';
export * from './ops/reduce.ts';
export { resizeBilinear, resizeNearest } from './ops/resize.ts';
export * from './ops/scan.ts';
export { segmentMax, segmentMean, segmentSum } from './ops/segment.ts';
export * from './ops/softmax.ts';
export {
  broadcastTo,
  flip,
  permute,
  repeat,
  reshape,
  slice,
  stopGradient,
  transpose,
} from './ops/view.ts';
export {
  type AdamOptions,
  type Average,
  adam,
  adamW,
  ema,
  type Optimiser,
  rmsProp,
  schedules,
  sgd,
} from './optim.ts';
export { seeded } from './random.ts';
export type { StepFunction, StepOptions } from './step.ts';
export {
  type Arg,
  type DType,
  dims,
  type Shape,
  sizeOf,
  Tensor,
  type TypedArray,
  Variable,
} from './tensor.ts';
export type { ProfileEvent } from './trace.ts';
export type { Stored, Walk } from './walk.ts';
export { mapTree, namedVariables, variablesOf } from './tree.ts';
export { adapterClass, loadTuning, saveTuning } from './tuning.ts';
