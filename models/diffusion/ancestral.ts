import { add, exp, mul, normal, type Tensor } from '../../engine/index.ts';
import { constantsAt } from './constants.ts';
import type { DiffusionConfig } from './ddpm.ts';
import type { Chain, Denoise } from './reverse.ts';
import type { Schedule } from './schedule.ts';

type Variance = DiffusionConfig['variance'];

/**
 * Algorithm 2 of J. Ho, A. Jain and P. Abbeel, Denoising Diffusion Probabilistic Models, 2020, arXiv
 * 2006.11239: x_(t−1) ~ p_θ(x_(t−1) | x_t) at all steps, the last without noise.
 */
export function ancestral(
  denoise: Denoise,
  schedule: Schedule,
  variance: Variance = 'small',
): Chain {
  return {
    passes: schedule.steps,
    move: (x, i) =>
      ancestralMove(denoise, schedule, variance, schedule.steps - 1 - i, x, normal(x.shape)),
  };
}

/** x_(t−1) of x_t with noise z of its shape. */
export function ancestralMove(
  denoise: Denoise,
  schedule: Schedule,
  variance: Variance,
  t: number,
  x: Tensor,
  z: Tensor,
): Tensor {
  const at = constantsAt(schedule, t);
  const { x0, logVariance } = denoise(x, t);
  const fixed = variance === 'large' ? at.logLarge : at.logSmall;
  const sigma = exp(mul(logVariance ?? fixed, 0.5));
  const center = add(mul(x0, at.x0), mul(x, at.xt)); // eq. (7)
  return add(center, mul(mul(z, sigma), at.later));
}
