import {
  add,
  batchStatistics,
  div,
  gather,
  mul,
  nn,
  reshape,
  rsqrt,
  stopGradient,
  sub,
  type Tensor,
  type Variable,
} from '../../engine/index.ts';
import type { Pass } from './adversarial.ts';

/**
 * Batch normalisation. S. Ioffe and C. Szegedy, Batch Normalization, 2015, arXiv 1502.03167: each
 * channel less its mean, over its deviation, of the batch in training (algorithm 1) and of a running
 * average after it; times scale, plus shift, which may be those of a class (conditional batch
 * normalisation, Dumoulin et al. 2017, arXiv 1610.07629).
 */
export interface BatchNorm {
  /** [classes, C]; one row without classes. */
  readonly scale: Variable;
  readonly shift: Variable;
}

/** Running sums of statistics, each batch weighing less with time, and of those weights. */
export interface Statistics {
  /** [C]. */
  readonly mean: Variable;
  /** [C]. */
  readonly variance: Variable;
  /** [1]. */
  readonly weight: Variable;
}

const EPSILON = 1e-5;
/** Weight that a batch keeps with each batch after it. */
const DECAY = 0.99;
/** Weight of mean 0 and variance 1, as which all begins. */
const FIRST = 1e-3;

/** Scale 1 and shift 0 for each of `classes`. */
export const batchNormInit = (channels: number, classes = 1): BatchNorm => ({
  scale: nn.filled(1, [classes, channels], 'scale'),
  shift: nn.filled(0, [classes, channels], 'shift'),
});

/** Statistics of nothing yet. */
export const statisticsInit = (channels: number): Statistics => ({
  mean: nn.filled(0, [channels], 'mean'),
  variance: nn.filled(FIRST, [channels], 'variance'),
  weight: nn.filled(FIRST, [1], 'weight'),
});

/**
 * x [B, H, W, C] normalised, in training by its own statistics, which the running ones then follow. Rows
 * of scale and shift are those of `classes` [B].
 */
export function batchNorm(
  { scale, shift }: BatchNorm,
  running: Statistics,
  x: Tensor,
  { training, classes }: Pass,
): Tensor {
  const { mean, variance } = training ? batchStatistics(x) : averaged(running);
  if (training) follow(running, { mean, variance });
  const normal = mul(sub(x, mean), rsqrt(add(variance, EPSILON)));
  const rows = (table: Variable) =>
    classes ? reshape(gather(table, classes), [-1, 1, 1, table.shape[1]]) : reshape(table, [-1]);
  return add(mul(normal, rows(scale)), rows(shift));
}

const averaged = ({ mean, variance, weight }: Statistics) => ({
  mean: div(mean, weight),
  variance: div(variance, weight),
});

function follow(running: Statistics, now: { mean: Tensor; variance: Tensor }): void {
  for (const key of ['mean', 'variance'] as const) {
    const fresh = mul(stopGradient(now[key]), 1 - DECAY);
    running[key].assign(add(mul(running[key], DECAY), fresh));
  }
  running.weight.assign(add(mul(running.weight, DECAY), 1 - DECAY));
}
