import { at, build, type Nd, type NdArg } from './array.ts';
import { pointwise, sigmoidOf, softplusOf } from './pointwise.ts';
import { logSumExp, mean as average } from './reduce.ts';

type Args = NdArg[];

/** −t log σ(x) − (1 − t) log σ(−x). */
export const bceWithLogits = (logits: Nd, target: Nd): Nd =>
  pointwise<Args>((x, t) => t * softplusOf(-x) + (1 - t) * softplusOf(x))(logits, target);

/** −log softmax(x)[t] over the last axis. */
export function crossEntropy(logits: Nd, target: Nd): Nd {
  const total = logSumExp(logits, -1);
  return build(target.shape, (i) => at(total, i) - at(logits, [...i, at(target, i)]));
}

export const mse = (a: Nd, b: Nd): Nd => average(pointwise<Args>((x, y) => (x - y) ** 2)(a, b));

/** log of the density of a normal distribution. */
export const gaussianLogLikelihood = (x: Nd, mean: Nd, logStd: Nd): Nd =>
  pointwise<Args>((v, m, s) => {
    const std = Math.exp(s);
    return Math.log(Math.exp(-((v - m) ** 2) / (2 * std ** 2)) / (std * Math.sqrt(2 * Math.PI)));
  })(x, mean, logStd);

/** log of the mass that a logistic distribution has in the bin of x; the end bins are open. */
export function discretizedLogisticLogLikelihood(
  x: Nd,
  mean: Nd,
  logScale: Nd,
  { levels = 256 } = {},
): Nd {
  const half = 1 / (levels - 1);
  return pointwise<Args>((v, m, s) => {
    const cdf = (edge: number) => sigmoidOf((edge - m) / Math.exp(s));
    const upper = v > 1 - half ? 1 : cdf(v + half);
    const lower = v < half - 1 ? 0 : cdf(v - half);
    return Math.log(upper - lower);
  })(x, mean, logScale);
}

/** KL divergence of one diagonal Gaussian from another, elementwise. */
export const klDiagonalGaussians = (
  mean: Nd,
  logVar: Nd,
  mean2: NdArg = 0,
  logVar2: NdArg = 0,
): Nd =>
  pointwise<Args>((m, l, m2, l2) => {
    const ratio = Math.exp(l - l2);
    return 0.5 * (ratio - 1 - (l - l2) + (m - m2) ** 2 / Math.exp(l2));
  })(mean, logVar, mean2, logVar2);
