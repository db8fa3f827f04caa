import {
  adam,
  add,
  grad,
  mean,
  mul,
  normal,
  schedules,
  silu,
  square,
  type Tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { type Score, ula } from '../energy/langevin.ts';
import { sumOfRows } from '../rows.ts';
import { mlp, mlpInit } from '../mlp.ts';
import type { Model } from '../model.ts';
import { chains } from '../sampler.ts';
import { exactDivergence, rademacher, slicedDivergence } from './divergence.ts';

/**
 * Score matching: a network s(x) learns ∇log p(x) without the normaliser of p. The aim is the Fisher
 * divergence ½ E‖s(x) − ∇log p(x)‖², of which each objective is one up to a constant.
 *
 *   implicit   E [tr ∂s/∂x + ½‖s‖²]                    A. Hyvärinen, Estimation of Non-Normalized
 *              Statistical Models by Score Matching, JMLR 6, 2005, eq. (4)
 *   denoising  E ½‖σ s(x + σε) + ε‖², ε ~ N(0, I)      P. Vincent, A Connection Between Score Matching
 *              and Denoising Autoencoders, 2011, eq. (9), here times σ²
 *   sliced     E [vᵀ (∂s/∂x) v + ½‖s‖²], E vvᵀ = I     Y. Song, S. Garg, J. Shi and S. Ermon, Sliced
 *              Score Matching, 2019, arXiv 1905.07088, its variant of less variance
 *
 * The first takes a backward pass for each dimension, the last one, the second none. Denoising learns
 * the score of the data with noise N(0, σ²) in them; here all three do, so that they can be compared.
 */
export interface ScoreMatching extends Model {
  /** s(x), [B, 2] of points [B, 2]: the score of the density of data with noise of deviation σ. */
  readonly score: Score;
}

/** tr ∂s/∂x + ½‖s‖² at each of x [B, ...]: [B]. Differentiable again. */
export function implicit(score: Score, x: Tensor): Tensor {
  const s = score(x);
  return add(exactDivergence(s, x), mul(sumOfRows(square(s)), 0.5));
}

/** vᵀ (∂s/∂x) v + ½‖s‖² at each of x [B, ...] with slices v of its shape: [B]. */
export function sliced(score: Score, x: Tensor, v: Tensor): Tensor {
  const s = score(x);
  return add(slicedDivergence(s, x, v), mul(sumOfRows(square(s)), 0.5));
}

/** ½‖σ s(x + σε) + ε‖² of each of clean x [B, ...] with noise ε of its shape: [B]. */
export function denoising(score: Score, x: Tensor, noise: Tensor, sigma: number): Tensor {
  const s = score(add(x, mul(noise, sigma)));
  return mul(sumOfRows(square(add(mul(s, sigma), noise))), 0.5);
}

/** Score matching on points of the plane. */
export function scoreMatching(config: Config<'score_matching'>): ScoreMatching {
  const { hidden, layers, sigma, batch, steps } = config;
  const network = mlpInit([2, ...Array.from({ length: layers }, () => hidden), 2]);
  const optimiser = adam(network);
  const score = (x: Tensor) => mlp(network, x, silu);

  const objective = (x: Tensor, noise: Tensor) => {
    if (config.objective === 'denoising') return denoising(score, x, noise, sigma);
    const noisy = add(x, mul(noise, sigma));
    if (config.objective === 'implicit') return implicit(score, noisy);
    const slices = config.slices === 'gaussian' ? normal(x.shape) : rademacher(x.shape);
    return sliced(score, noisy, slices);
  };

  return {
    variables: { network },
    optimisers: { optimiser },
    rows: batch,
    score,

    step(x, i) {
      const loss = mean(objective(x, normal(x.shape)));
      const lr = config.lr * schedules.linearTail(i, steps);
      optimiser.update(grad(loss, optimiser.variables), { lr });
      return { loss };
    },

    sampler: (n) =>
      chains([n, 2], config.langevin, {
        start: () => mul(normal([n, 2]), 2),
        move: (x) => ula(score, x, config.stepSize),
      }),
  };
}

// Beside the papers: sliced score matching has ½‖s‖² in place of ½(vᵀs)², as E vvᵀ = I allows; samples come from plain Langevin dynamics at the one noise level, which seldom crosses
// between modes: ncsn.ts is what came of that.
