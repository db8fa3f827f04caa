import {
  type Arg,
  add,
  cast,
  div,
  grad,
  less,
  log,
  mul,
  normal,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  uniform,
  where,
} from '../../engine/index.ts';
import { perRow } from '../rows.ts';

/**
 * Langevin dynamics. G. O. Roberts and R. L. Tweedie, Exponential convergence of Langevin
 * distributions and their discrete approximations, Bernoulli 2(4), 1996.
 *
 *   ULA    x' = x + (ε/2) ∇log p(x) + √ε ζ,  ζ ~ N(0, I)                          section 1.4
 *   MALA   the same as a proposal, taken with probability
 *          min(1, p(x') q(x|x') / p(x) q(x'|x)),  q(·|x) = N(x + (ε/2) ∇log p(x), ε I)
 *
 * The first has a bias that falls with ε: on N(0, s²) its variance is s² / (1 − ε / 4s²). The second
 * has none. All functions are for chains side by side, [B, ...], and are called inside a step.
 */

/** ∇log p(x) at each of [B, ...]. */
export type Score = (x: Tensor) => Tensor;

/** log p(x) of each of [B, ...] up to a constant: [B], nats. */
export type LogDensity = (x: Tensor) => Tensor;

/** The score of a density: its gradient, through which no other gradient passes. */
export const scoreOf =
  (logDensity: LogDensity): Score =>
  (x) => {
    const at = stopGradient(x);
    return stopGradient(grad(sum(logDensity(at)), [at])[0]);
  };

/** How the noise of a move is other than √ε ζ. */
export interface Noise {
  /** ζ, fresh normal numbers unless given. */
  noise?: Tensor;
  /** Standard deviation of what is added, √ε unless given: less makes chains seek the modes. */
  deviation?: Arg;
}

/** One unadjusted move of step size ε > 0, a number or a tensor that broadcasts over x [B, ...]. */
export function ula(score: Score, x: Tensor, eps: Arg, more: Noise = {}): Tensor {
  const { noise = normal(x.shape), deviation = root(eps) } = more;
  return stopGradient(add(drift(x, score(x), eps), mul(noise, deviation)));
}

const root = (eps: Arg): Arg => (typeof eps === 'number' ? Math.sqrt(eps) : sqrt(eps));

/** Where Langevin dynamics goes without noise. */
const drift = (x: Tensor, score: Tensor, eps: Arg): Tensor => add(x, mul(score, half(eps)));

const half = (eps: Arg): Arg => (typeof eps === 'number' ? eps / 2 : mul(eps, 0.5));

/** A place of Metropolis-adjusted chains with what the next move needs to know of it. */
export interface Place {
  readonly x: Tensor;
  readonly logDensity: Tensor;
  readonly score: Tensor;
}

/** x [B, ...] as a place. */
export function placeOf(logDensity: LogDensity, x: Tensor): Place {
  const at = stopGradient(x);
  const value = logDensity(at);
  const [score] = grad(sum(value), [at]);
  return { x: at, logDensity: stopGradient(value), score: stopGradient(score) };
}

/** One Metropolis-adjusted move of step size ε > 0, and which chains made it: [B], 1 or 0. */
export function mala(
  logDensity: LogDensity,
  from: Place,
  eps: Arg,
): { place: Place; accepted: Tensor } {
  const to = placeOf(
    logDensity,
    add(drift(from.x, from.score, eps), mul(normal(from.x.shape), root(eps))),
  );
  const logRatio = add(
    sub(to.logDensity, from.logDensity),
    sub(logProposal(to, from, eps), logProposal(from, to, eps)),
  );
  const taken = less(log(uniform(logRatio.shape)), logRatio);
  const column = perRow(taken, from.x);
  return {
    place: {
      x: where(column, to.x, from.x),
      logDensity: where(taken, to.logDensity, from.logDensity),
      score: where(column, to.score, from.score),
    },
    accepted: cast(taken, 'f32'),
  };
}

/** log q(to|from) up to a constant: [B]. */
function logProposal(from: Place, to: Place, eps: Arg): Tensor {
  const away = square(sub(to.x, drift(from.x, from.score, eps)));
  const axes = away.shape.map((_, axis) => axis).slice(1);
  return div(sum(away, axes), mul(eps, -2));
}

// Beside the paper: `deviation` of the noise may be other than √ε, as energy-based models on images
// have it, and ε may differ from chain to chain or from move to move, as in annealed dynamics.
