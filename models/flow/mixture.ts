import {
  add,
  exp,
  less,
  log,
  logSigmoid,
  logSumExp,
  max,
  min,
  mul,
  neg,
  reshape,
  sigmoid,
  sub,
  sum,
  type Tensor,
  where,
} from '../../engine/index.ts';
import type { Elementwise } from './transform.ts';

/** A mixture of K logistic distributions for each number, and an affine map of its logit. */
export interface MixtureParameters {
  /** Logarithms of the weights, means and logarithms of the scales: [..., K]. */
  logWeight: Tensor;
  mean: Tensor;
  logScale: Tensor;
  /** Log-scale and shift after the logit: [...]. */
  a: Tensor;
  b: Tensor;
}

/** Halvings of the bracket: after 32 nothing of it is left to f32. */
const HALVINGS = 32;

/**
 * y = logit(F(x)) · exp(a) + b, F(x) = Σ_k π_k σ((x − μ_k) exp(−s_k)), for numbers x [...] (Ho et al. 2019,
 * arXiv 1902.00275, eq. 16). Its slope is the density over F (1 − F); both tails are kept as logarithms, so
 * nothing cancels. The inverse halves a bracket: the quantile of a mixture lies between those of its
 * components, μ_k + exp(s_k) logit p. It is off by the rounding of y, about 1e-6 of it, over the slope.
 */
export function mixtureLogistic(parameters: MixtureParameters): Elementwise {
  const { logWeight, mean, logScale, a, b } = parameters;
  const steepness = exp(neg(logScale));
  const standard = (x: Tensor) => mul(sub(reshape(x, [...x.shape, 1]), mean), steepness);

  const forward = (x: Tensor) => {
    const u = standard(x);
    const [below, above] = [logSigmoid(u), logSigmoid(neg(u))];
    const logF = logSumExp(add(logWeight, below), -1);
    const logRest = logSumExp(add(logWeight, above), -1);
    const logDensity = logSumExp(sub(add(add(logWeight, below), above), logScale), -1);
    const y = add(mul(sub(logF, logRest), exp(a)), b);
    return [y, add(sub(logDensity, add(logF, logRest)), a)] as const;
  };

  const inverse = (y: Tensor) => {
    const logit = mul(sub(y, b), exp(neg(a)));
    const quantiles = add(mean, mul(exp(logScale), reshape(logit, [...y.shape, 1])));
    const weight = exp(logWeight);
    let [low, high] = [min(quantiles, -1), max(quantiles, -1)];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = mul(add(low, high), 0.5);
      const u = standard(middle);
      const F = sum(mul(weight, sigmoid(u)), -1);
      const rest = sum(mul(weight, sigmoid(neg(u))), -1);
      const short = less(sub(log(F), log(rest)), logit);
      [low, high] = [where(short, middle, low), where(short, high, middle)];
    }
    const x = mul(add(low, high), 0.5);
    return [x, neg(forward(x)[1])] as const;
  };

  return { forward, inverse };
}
