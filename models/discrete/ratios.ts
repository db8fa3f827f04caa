import {
  type Arg,
  add,
  cast,
  categorical,
  clamp,
  concat,
  div,
  equal,
  exp,
  expm1,
  floor,
  less,
  log,
  logSumExp,
  mul,
  neg,
  oneHot,
  reshape,
  sub,
  sum,
  type Tensor,
  uniform,
  where,
} from '../../engine/index.ts';
import { hide } from './mdlm.ts';
import { maskOf, type Symbols } from './symbols.ts';

/** A noise of SEDD: what it does, what the ratios of its marginals are, and how they lead back. */
export interface Ratios {
  /** Symbols x [B, D] u32 with the noise of times t [B]. */
  add(x: Tensor, t: Tensor): Tensor;
  /** The bound of theorem 3.6 at times t [B]: [B], nats. @param l [B, D, V] what the network gives of xt */
  bound(l: Tensor, x: Tensor, xt: Tensor, t: Tensor): Tensor;
  /** Symbols at time s by Tweedie's formula, of those at time t: [n, D] u32. */
  tweedie(l: Tensor, xt: Tensor, t: number, s: number): Tensor;
  /** The same by tau-leaping. */
  tau(l: Tensor, xt: Tensor, t: number, s: number): Tensor;
  /** What samples begin with at time 1, [n, D] or one symbol for all; known symbols as they are then. */
  start(shape: readonly number[], given: Tensor | null): Arg;
  /** Samples at time s with known symbols as they are then; `given` has the mask where none is. */
  hold(x: Tensor, given: Tensor | null, s: number): Tensor;
}

/**
 * Masks: each symbol becomes one at the rate σ(t) = 1 / (1 − t), so that it is one with probability t. Of a
 * mask the ratio to y is s_y = e^(l_y) (1 − t) / t; what is no mask never was one and stays.
 */
export function maskRatios(symbols: Symbols): Ratios {
  const mask = maskOf(symbols);
  const back = (weights: Tensor, xt: Tensor) => where(equal(xt, mask), categorical(weights), xt); // the mask is the last symbol
  return {
    add: (x, t) => where(hide(x, t), mask, x),
    bound: (l, x, xt, t) => maskScoreEntropy(l, x, equal(xt, mask), t),

    // (e^(−ΔQ) s)_y (e^(ΔQ))_(my) with Δ = log((1 − s) / (1 − t)) is e^(l_y) (t − s) / t for a symbol; the
    // rest of one is for the mask. The Euler step of section 4.2 comes to the same.
    tweedie(l, xt, t, s) {
      const share = (t - s) / t;
      const left = sub(1, mul(share, sum(exp(l), 2, { keep: true })));
      const stay = staying(log(clamp(left, 0, 1)), s);
      return back(concat([add(l, Math.log(share)), stay], 2), xt);
    },

    // The rates σ s_y = e^(l_y) / t of time t are held until s.
    tau(l, xt, t, s) {
      const logTotal = logSumExp(l, 2, { keep: true });
      const events = mul((t - s) / t, exp(logTotal)); // expected, [n, D, 1]
      const first = add(sub(l, logTotal), log(neg(expm1(neg(events)))));
      return back(concat([first, staying(neg(events), s)], 2), xt);
    },

    start: (_, given) => given ?? mask,
    hold: (x) => x, // what is known was never a mask
  };
}

/** No mask is left at time 0. */
const staying = (logWeight: Tensor, s: number): Tensor =>
  where(s > 0 ? 1 : 0, logWeight, Number.NEGATIVE_INFINITY);

/**
 * The bound for masks: [B], nats. A mask's target is r = (1 − t) / t for x and 0 for others, and σ r = 1 / t,
 * so that σ (Σ_y s_y − r log s_x + r (log r − 1)) is (Σ_y e^(l_y) − l_x − 1) / t.
 * @param l [B, D, V]
 * @param x [B, D] u32
 * @param hidden [B, D], not 0 where a mask stands
 */
export function maskScoreEntropy(l: Tensor, x: Tensor, hidden: Tensor, t: Tensor): Tensor {
  const right = sum(mul(l, oneHot(x, l.shape[2])), 2); // l_x
  const each = sub(sum(exp(l), 2), add(right, 1));
  return div(sum(where(hidden, each, 0), 1), t);
}

/** σ̄ of uniform noise at the times 0 and 1: the geometric schedule of section 5.1. */
const SIGMA = { least: 1e-3, most: 20 };
const GROWTH = Math.log(SIGMA.most / SIGMA.least);
const sigmaBar = (t: number): number => (t > 0 ? SIGMA.least * Math.exp(GROWTH * t) : 0);

/**
 * Uniform noise: every symbol is drawn anew at the rate σ(t), of which ∫ σ is σ̄(t), geometric. Then
 * q(y | x) = u + (1 − V u) [y = x] with u = (1 − e^(−σ̄)) / V, and the ratios of x_t are s_y = e^(l_y), 1 for
 * y = x_t.
 */
export function uniformRatios({ count: V }: Symbols): Ratios {
  const noisy = (x: Tensor, kept: Arg) =>
    where(less(uniform(x.shape), kept), x, cast(floor(mul(uniform(x.shape), V)), 'u32'));
  const logRatios = (l: Tensor, xt: Tensor) => where(oneHot(xt, V), 0, l);

  return {
    add: (x, t) => noisy(x, reshape(exp(neg(sigmaBars(t))), [-1, 1])),

    bound(l, x, xt, t) {
      const sigma = reshape(sigmaBars(t), [-1, 1, 1]);
      const u = div(neg(expm1(neg(sigma))), V);
      const q = (y: Tensor) => add(u, mul(oneHot(x, V), y)); // [B, D, V]
      const marginal = q(exp(neg(sigma)));
      const here = sum(mul(marginal, oneHot(xt, V)), 2, { keep: true });
      const logTarget = sub(log(marginal), log(here));
      const logS = logRatios(l, xt);
      // s − r log s + r (log r − 1), 0 for y = x_t
      const each = add(exp(logS), mul(exp(logTarget), sub(sub(logTarget, logS), 1)));
      return mul(mul(sigmaBars(t), GROWTH / V), sum(each, [1, 2])); // σ = σ̄ · GROWTH
    },

    tweedie(l, xt, t, s) {
      const change = sigmaBar(t) - sigmaBar(s);
      const ratios = exp(logRatios(l, xt));
      const mean = div(sum(ratios, 2, { keep: true }), V);
      // (e^(−ΔQ) s)_y / e^Δ and (e^(ΔQ))_(x_t y)
      const before = add(sub(ratios, mean), mul(mean, Math.exp(-change)));
      const anew = -Math.expm1(-change) / V;
      const way = add(anew, mul(oneHot(xt, V), Math.exp(-change)));
      return categorical(log(mul(clamp(before, 0, 3e38), way)));
    },

    tau(l, xt, t, s) {
      const other = where(oneHot(xt, V), Number.NEGATIVE_INFINITY, l);
      const logTotal = logSumExp(other, 2, { keep: true });
      const events = mul((sigmaBar(t) - sigmaBar(s)) / V, exp(logTotal)); // expected, [n, D, 1]
      const first = add(sub(other, logTotal), log(neg(expm1(neg(events)))));
      return categorical(where(oneHot(xt, V), neg(events), first));
    },

    start: (shape) => cast(floor(mul(uniform(shape), V)), 'u32'),
    hold: (x, given, s) =>
      given ? where(less(given, V), noisy(given, Math.exp(-sigmaBar(s))), x) : x,
  };
}

/** σ̄ of times [B]. */
const sigmaBars = (t: Tensor): Tensor => mul(SIGMA.least, exp(mul(GROWTH, t)));
