import {
  adam,
  add,
  broadcastTo,
  clamp,
  concat,
  div,
  equal,
  exp,
  expm1,
  log,
  logSumExp,
  mul,
  neg,
  oneHot,
  sub,
  sum,
  type Tensor,
  categorical,
  where,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Denoiser } from './denoisers.ts';
import { chain, type DiscreteDiffusion, descend, stratified } from './diffusion.ts';
import { hide } from './mdlm.ts';
import { maskOf, type Symbols } from './symbols.ts';

/**
 * SEDD. A. Lou, C. Meng and S. Ermon, Discrete Diffusion Modeling by Estimating the Ratios of the Data
 * Distribution, 2024, arXiv 2310.16834, with masks for noise.
 *
 *   every symbol becomes the mask at the rate σ(t) = 1 / (1 − t):  q(x_t ≠ m) = 1 − t     section 4.1
 *   s_θ(x_t, t)_y ≈ p_t(y) / p_t(x_t) of texts that differ in one place
 *   score entropy  Σ_(y ≠ x_t) w (s_y − r_y log s_y + r_y (log r_y − 1)),                 definition 3.1
 *   its target  r_y = q(y | x_0) / q(x_t | x_0):  of a mask (1 − t) / t for y = x_0, else 0 theorem 3.4
 *   −log p(x_0) ≤ E ∫₀¹ σ(t) Σ_(y ≠ x_t) s_y − r_y log s_y + r_y (log r_y − 1) dt          theorem 3.6
 *
 * The network gives l_y and s_y = e^(l_y) (1 − t) / t, so that it need not learn how the ratios go with
 * time (section 4.1). Nothing makes Σ_y e^(l_y) one; where it is, the bound is that of MDLM.
 */
export function sedd(
  config: Config<'sedd'>,
  symbols: Symbols,
  denoiser: Denoiser,
): DiscreteDiffusion {
  const optimiser = adam(denoiser.variables, { lr: config.lr });
  const mask = maskOf(symbols);

  const bound = (x: Tensor, times: Tensor) => {
    const t = clamp(times, LEAST, 1 - LEAST);
    const hidden = hide(x, t);
    return scoreEntropy(denoiser.logits(where(hidden, mask, x), t), x, hidden, t);
  };

  return {
    symbols,
    variables: denoiser.variables,
    optimisers: { optimiser },
    rows: config.batch,
    bound,

    step(x, i) {
      const losses = bound(symbols.read(x), stratified(config.batch));
      return descend(optimiser, losses, config, 100, i);
    },

    sampler(n, { passes = config.passes, ...drawing } = {}) {
      const leap = config.sampler === 'tweedie' ? tweedie : tauLeap;
      return chain(n, symbols, passes, drawing, {
        start: (given) => given ?? mask,
        move(x, i) {
          const [t, s] = [1 - i / passes, 1 - (i + 1) / passes];
          const logits = denoiser.logits(x, broadcastTo(t, [n]));
          const drawn = categorical(leap(logits, t, s)); // the mask is the last symbol
          return where(equal(x, mask), drawn, x);
        },
      });
    },
  };
}

/** Times come no nearer to 0 and 1. */
const LEAST = 1e-3;

/**
 * The bound at times t [B], theorem 3.6: [B], nats. As r = (1 − t) / t and σ r = 1 / t, what a masked place
 * adds, σ (Σ_y s_y − r log s_x + r (log r − 1)), is (Σ_y e^(l_y) − l_x − 1) / t.
 * @param logits l [B, D, V]
 * @param x [B, D] u32
 * @param hidden [B, D], not 0 where a mask stood
 */
export function scoreEntropy(logits: Tensor, x: Tensor, hidden: Tensor, t: Tensor): Tensor {
  const right = sum(mul(logits, oneHot(x, logits.shape[2])), 2); // l_x
  const each = sub(sum(exp(logits), 2), add(right, 1));
  return div(sum(where(hidden, each, 0), 1), t);
}

/**
 * Where a mask goes from time t to s, log weights [n, D, V + 1], the mask last: Tweedie's formula of
 * theorem 4.2, p(x_s = y | x_t = m) = (e^(−ΔQ) s)_y (e^(ΔQ))_(my) with Δ = ∫ σ = log((1 − s) / (1 − t)), of
 * which remain e^(l_y) (t − s) / t for a symbol and what is left of one for the mask. The Euler step of
 * section 4.2 comes to the same for these masks.
 */
export function tweedie(logits: Tensor, t: number, s: number): Tensor {
  const share = (t - s) / t;
  const shown = add(logits, Math.log(share));
  const left = sub(1, mul(share, sum(exp(logits), 2, { keep: true })));
  return concat([shown, staying(log(clamp(left, 0, 1)), s)], 2);
}

/**
 * The same by tau-leaping (Campbell et al. 2022, arXiv 2205.14987, section 4.3): the rates at time t, which
 * are σ s_y = e^(l_y) / t, are held until s; a mask without an event stays, else its first one counts.
 */
export function tauLeap(logits: Tensor, t: number, s: number): Tensor {
  const logTotal = logSumExp(logits, 2, { keep: true });
  const events = mul((t - s) / t, exp(logTotal)); // expected, [n, D, 1]
  const some = log(neg(expm1(neg(events))));
  return concat([add(sub(logits, logTotal), some), staying(neg(events), s)], 2);
}

/** No mask is left at time 0. */
const staying = (logWeight: Tensor, s: number): Tensor =>
  where(s > 0 ? 1 : 0, logWeight, Number.NEGATIVE_INFINITY);

// Beside the paper: masks alone, not uniform noise; times from 1/1000 to 999/1000; Adam with a warm-up and a
// straight decay, without decay of weights and without a running average of them.
