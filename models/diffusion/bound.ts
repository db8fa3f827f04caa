import {
  add,
  type Arg,
  equal,
  erf,
  exp,
  greater,
  less,
  log,
  maximum,
  mul,
  neg,
  square,
  sub,
  type Tensor,
  where,
} from '../../engine/index.ts';
import { sumOfRows } from '../rows.ts';
import type { Constants } from './constants.ts';
import type { Schedule } from './schedule.ts';

/**
 * The variational bound of a diffusion model. J. Ho, A. Jain and P. Abbeel, Denoising Diffusion
 * Probabilistic Models, 2020, arXiv 2006.11239.
 *
 *   −log p(x_0) ≤ L_T + Σ_(t≥1) L_t + L_0                                                  eq. (5)
 *   L_T = KL(q(x_T | x_0) ‖ N(0, I)),  L_t = KL(q(x_(t−1) | x_t, x_0) ‖ p_θ(x_(t−1) | x_t))
 *   L_0 = −log p_θ(x_0 | x_1): a Gaussian of points, integrated over the bin of a pixel    eq. (13)
 *
 * All in nats of the network's units, [B].
 */

/** What p_θ(x_(t−1) | x_t) is compared by: the network's x_0 and the log of its variance. */
export interface Reverse {
  readonly x0: Tensor;
  readonly logVariance: Arg;
}

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * L_t of data x_0 [B, ...] at the steps of `at`. `bin` is half the width of a pixel's bin, null for points
 * of a continuum.
 */
export function boundTerm(x0: Tensor, said: Reverse, at: Constants, bin: number | null): Tensor {
  const { logVariance } = said;
  const squared = square(sub(x0, said.x0));
  const precision = exp(neg(logVariance));
  // Both means have the same part of x_t.
  const apart = mul(mul(squared, square(at.x0)), precision);
  const ratio = sub(at.logSmall, logVariance);
  const divergence = mul(sub(add(apart, exp(ratio)), add(ratio, 1)), 0.5);
  const density = mul(add(mul(squared, precision), add(logVariance, LOG_2PI)), 0.5);
  const first = bin === null ? density : neg(logBinMass(x0, said, bin));
  return sumOfRows(where(equal(at.later, 0), first, divergence));
}

/** log of the mass of N(said.x0, exp(logVariance)) within `bin` of pixels −1..1; outer bins are open. */
function logBinMass(x: Tensor, { x0, logVariance }: Reverse, bin: number): Tensor {
  const inverse = exp(mul(logVariance, -0.5));
  const below = (edge: Tensor) =>
    mul(add(erf(mul(mul(sub(edge, x0), inverse), Math.SQRT1_2)), 1), 0.5);
  const upper = where(greater(x, 1 - bin), 1, below(add(x, bin)));
  const lower = where(less(x, bin - 1), 0, below(sub(x, bin)));
  return log(maximum(sub(upper, lower), 1e-12));
}

/** L_T of data [B, ...]. */
export function priorTerm(x0: Tensor, { alphaBar, steps }: Schedule): Tensor {
  const last = alphaBar[steps - 1];
  return sumOfRows(mul(add(mul(square(x0), last), -last - Math.log1p(-last)), 0.5));
}
