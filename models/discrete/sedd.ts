import { adam, broadcastTo, clamp, stopGradient, sub, type Tensor } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Denoiser } from './denoisers.ts';
import { chain, type DiscreteDiffusion, descend, stratified } from './diffusion.ts';
import { maskRatios, uniformRatios } from './ratios.ts';
import type { Symbols } from './symbols.ts';

/**
 * SEDD. A. Lou, C. Meng and S. Ermon, Discrete Diffusion Modeling by Estimating the Ratios of the Data
 * Distribution, 2024, arXiv 2310.16834.
 *
 *   p_t: the law of the data after noise of the rate σ(t) Q, at each symbol by itself      section 2
 *   s_θ(x_t, t)_y ≈ p_t(y) / p_t(x_t) of texts that differ in one place
 *   score entropy  Σ_(y ≠ x_t) w (s_y − r_y log s_y + r_y (log r_y − 1)),  at least 0,
 *     and 0 for s = r                                                              definition 3.1
 *   its target  r_y = q(y | x_0) / q(x_t | x_0), whose mean is the ratio of p_t       theorem 3.4
 *   −log p(x_0) ≤ E ∫₀¹ Σ_(y ≠ x_t) σ(t) Q(x_t, y) (s_y − r_y log s_y + ...) dt       theorem 3.6
 *   back in time at the rate σ(t) Q(y, x_t) s_y to y: by tau-leaping, or by Tweedie's formula
 *     p(x_s = y | x_t) = (e^(−ΔQ) s)_y (e^(ΔQ))(y, x_t),  Δ = ∫ σ from s to t           theorem 4.2
 *
 * ratios.ts has these for masks and for uniform noise. Of masks s_y = e^(l_y) (1 − t) / t, where l is what
 * the network gives less log(V − 1), so that Σ_y e^(l_y) starts near one. Nothing keeps it there; but where
 * it is one, the bound is that of MDLM.
 *
 * Tau-leaping (Campbell et al. 2022, arXiv 2205.14987) holds the rates of time t until s, and of several
 * events at one symbol the first counts.
 */
export function sedd(
  config: Config<'sedd'>,
  symbols: Symbols,
  denoiser: Denoiser,
): DiscreteDiffusion {
  const optimiser = adam(denoiser.variables);
  const masks = config.noise === 'absorbing';
  const ratios = masks ? maskRatios(symbols) : uniformRatios(symbols);
  const shift = masks ? Math.log(Math.max(1, symbols.count - 1)) : 0;
  const told = (xt: Tensor, t: Tensor) => sub(denoiser.logits(xt, t), shift); // l

  const bound = (x: Tensor, times: Tensor) => {
    const t = clamp(times, LEAST, 1 - LEAST);
    const xt = ratios.add(x, t);
    return ratios.bound(told(xt, t), x, xt, t);
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
      return chain(n, symbols, passes, drawing, {
        start: (given) => ratios.start([n, symbols.length], given && stopGradient(given)),
        move(xt, i, given) {
          const [t, s] = [1 - i / passes, 1 - (i + 1) / passes];
          const l = told(xt, broadcastTo(t, [n]));
          return ratios.hold(ratios[config.sampler](l, xt, t, s), given && stopGradient(given), s);
        },
      });
    },
  };
}

/** Times come no nearer to 0 and 1. */
const LEAST = 1e-3;

// Beside the paper: times from 1/1000 to 999/1000; uniform noise from σ̄ = 1/1000; its Euler step is left out,
// which for masks is Tweedie's formula; Adam with a warm-up and a straight decay, without decay of weights and
// without a running average of them.
