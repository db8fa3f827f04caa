import { add, div, mul, normal, type Tensor } from '../../engine/index.ts';
import { dataOf, levelAt } from './prediction.ts';
import type { Chain, Denoise } from './reverse.ts';
import type { Schedule } from './schedule.ts';

/**
 * DDPM and denoising score matching learn the same function (J. Ho, A. Jain and P. Abbeel, 2020, arXiv
 * 2006.11239, section 3.2; P. Vincent, A Connection Between Score Matching and Denoising Autoencoders,
 * 2011). With y = x_t / √ᾱ_t = x_0 + σ_t ε, the noisy data of an NCSN,
 *
 *   σ_t = √((1 − ᾱ_t) / ᾱ_t)
 *   ∇ log q(x_t) = −ε / √(1 − ᾱ_t),   ∇ log q(y) = −ε / σ_t
 *
 * so that the network of either runs in the sampler of the other: `scoreOf` gives Langevin dynamics what a
 * DDPM has learned, `denoiseBy` gives DDPM and DDIM what an NCSN has.
 */

/** σ_t of each step, rising. */
export const sigmasOf = ({ alphaBar }: Schedule): Float64Array =>
  alphaBar.map((a) => Math.sqrt((1 - a) / a));

/** ∇ log q of data with noise σ_t at points y [n, ...] in the network's units. */
export function scoreOf(denoise: Denoise, schedule: Schedule): (y: Tensor, t: number) => Tensor {
  const sigma = sigmasOf(schedule);
  return (y, t) => {
    const { epsilon } = denoise(mul(y, levelAt(schedule, t).signal), t);
    return mul(epsilon, -1 / sigma[t]);
  };
}

/** What a score s(y, σ) of noisy data makes of x_t. */
export function denoiseBy(
  score: (y: Tensor, sigma: number) => Tensor,
  schedule: Schedule,
): Denoise {
  const sigma = sigmasOf(schedule);
  return (x, t) => {
    const level = levelAt(schedule, t);
    const epsilon = mul(score(div(x, level.signal), sigma[t]), -sigma[t]);
    return { epsilon, x0: dataOf(x, epsilon, level), logVariance: null };
  };
}

/**
 * Annealed Langevin dynamics by a DDPM's network: so many moves y ← y + a s(y) + √(2a) z, a = rate σ_t², at
 * each of the steps `times`, rising, of which the last comes first; then y ← y + σ² s(y), which takes the
 * noise that is left away (Y. Song and S. Ermon, 2019, arXiv 1907.05600, algorithm 1).
 */
export function annealed(
  denoise: Denoise,
  schedule: Schedule,
  { times, moves, rate }: { times: readonly number[]; moves: number; rate: number },
): Chain {
  const sigma = sigmasOf(schedule);
  const score = scoreOf(denoise, schedule);
  const last = times.length * moves;
  return {
    passes: last + 1,
    move(x, i) {
      const t = times[Math.max(0, times.length - 1 - Math.floor(i / moves))];
      const y = mul(x, i === 0 ? sigma[t] : 1); // the chain begins with N(0, I)
      const size = (i === last ? 1 : rate) * sigma[t] ** 2;
      const noise = i === last ? 0 : Math.sqrt(2 * size);
      return add(add(y, mul(score(y, t), size)), mul(normal(x.shape), noise));
    },
  };
}
