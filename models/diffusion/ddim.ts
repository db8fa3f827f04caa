import { add, mul, normal, sub, type Tensor } from '../../engine/index.ts';
import { diffused, levelAt } from './prediction.ts';
import type { Chain, Denoise } from './reverse.ts';
import type { Schedule } from './schedule.ts';

/**
 * Denoising diffusion implicit models. J. Song, C. Meng and S. Ermon, 2020, arXiv 2010.02502.
 *
 *   x_s = √ᾱ_s x̂_0 + √(1 − ᾱ_s − σ²) ε_θ(x_t) + σ z,  s < t                               eq. (12)
 *   x̂_0 = (x_t − √(1 − ᾱ_t) ε_θ(x_t)) / √ᾱ_t                                              eq. (9)
 *   σ = η √((1 − ᾱ_s) / (1 − ᾱ_t)) √(1 − ᾱ_t / ᾱ_s)                                       eq. (16)
 *
 * η = 0 makes x_0 a function of the noise, which can be inverted; η = 1 with all steps is DDPM with the
 * variance β̃. The network is that of DDPM; any of its steps may be left out.
 */

/** Which steps of T a chain of so many goes through, evenly spaced, rising, the last being T − 1. */
export const subsequence = (T: number, passes: number): number[] =>
  Array.from({ length: passes }, (_, i) => Math.round(((i + 1) * T) / passes) - 1);

/** σ between step t and the step s before it, −1 for the data; eq. (16). */
export function sigmaOf({ alphaBar }: Schedule, t: number, s: number, eta: number): number {
  const [at, before] = [alphaBar[t], s < 0 ? 1 : alphaBar[s]];
  return eta * Math.sqrt(((1 - before) / (1 - at)) * (1 - at / before));
}

/** x_s of x_t, eq. (12); `noise` is z, left out where η = 0. */
export function ddimMove(
  denoise: Denoise,
  schedule: Schedule,
  [t, s]: readonly [t: number, s: number],
  x: Tensor,
  { eta, noise }: { eta: number; noise: Tensor | null },
): Tensor {
  const { x0, epsilon } = denoise(x, t);
  const { signal, noise: root } = levelAt(schedule, s);
  const sigma = sigmaOf(schedule, t, s, eta);
  const rest = Math.sqrt(Math.max(0, (root as number) ** 2 - sigma ** 2));
  const mean = diffused(x0, epsilon, { signal, noise: rest });
  return noise ? add(mean, mul(noise, sigma)) : mean;
}

/** The chain through the steps `times`, rising, of a schedule. */
export function ddim(
  denoise: Denoise,
  schedule: Schedule,
  { times, eta = 0 }: { times: readonly number[]; eta?: number },
): Chain {
  return {
    passes: times.length,
    move(x, i) {
      const at = times.length - 1 - i;
      const between = [times[at], times[at - 1] ?? -1] as const;
      const noise = eta > 0 ? normal(x.shape) : null;
      return ddimMove(denoise, schedule, between, x, { eta, noise });
    },
  };
}

/**
 * The chain the other way, η = 0: from data to the noise that `ddim` makes them of. Of x_s it finds the
 * x_t for which eq. (12) gives x_s, by so many iterations
 *
 *   x_t ← √ᾱ_t / √ᾱ_s (x_s − √(1 − ᾱ_s) ε_θ(x_t)) + √(1 − ᾱ_t) ε_θ(x_t)
 *
 * from x_t = x_s: one is the paper's Euler step, eq. (13); more come nearer to the inverse.
 */
export function inverse(
  denoise: Denoise,
  schedule: Schedule,
  { times, iterations = 1 }: { times: readonly number[]; iterations?: number },
): Chain {
  return {
    passes: times.length,
    move(x, i) {
      const before = levelAt(schedule, times[i - 1] ?? -1);
      const now = levelAt(schedule, times[i]);
      const grown = (now.signal as number) / (before.signal as number);
      let found = x;
      for (let k = 0; k < iterations; k++) {
        const { epsilon } = denoise(found, times[i]);
        const clean = sub(x, mul(epsilon, before.noise));
        found = add(mul(clean, grown), mul(epsilon, now.noise));
      }
      return found;
    },
  };
}

// Beside the paper: steps are chosen evenly (its quadratic choice is another `times`).
