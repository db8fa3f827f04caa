import { add, mul, sub, type Tensor } from '../../engine/index.ts';
import type { Constants } from './constants.ts';

/**
 * Improved DDPM. A. Nichol and P. Dhariwal, Improved Denoising Diffusion Probabilistic Models, 2021,
 * arXiv 2102.09672.
 *
 *   Σ_θ = exp(v log β + (1 − v) log β̃),  v of each number by the network                  eq. (15)
 *   L_hybrid = L_simple + λ L_vlb,  λ = 0.001, no gradient of L_vlb to the mean           eq. (16)
 *   the cosine schedule                                        eq. (17), `cosine` in schedule.ts
 *
 * A preset of `ddpm`: `--preset improved`. L_vlb is in bound.ts.
 */

/** λ. */
export const HYBRID = 0.001;

/** log Σ_θ, eq. (15), for a network's output in −1..1 where it has learned to stay between. */
export function learnedLogVariance(out: Tensor, { logSmall, logLarge }: Constants): Tensor {
  const v = mul(add(out, 1), 0.5);
  return add(mul(v, sub(logLarge, logSmall)), logSmall);
}

// Beside the paper: t is drawn uniformly also where L_vlb alone is trained on (section 3.3 draws it by
// importance).
