import {
  adam,
  add,
  broadcastTo,
  div,
  ema,
  exp,
  floor,
  grad,
  mean,
  mul,
  normal,
  schedules,
  type Shape,
  sqrt,
  square,
  sub,
  type Tensor,
  uniform,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { ula } from '../energy/langevin.ts';
import type { Model } from '../model.ts';
import { chains, type Sampler } from '../sampler.ts';
import { decayAt, networkOf } from './network.ts';
import { perRow, sumOfRows } from '../rows.ts';

/**
 * Noise conditional score networks. Y. Song and S. Ermon, Generative Modeling by Estimating Gradients of
 * the Data Distribution, 2019, arXiv 1907.05600.
 *
 *   levels     σ₁ > σ₂ > ... > σ_L in geometric progression
 *   objective  1/L Σ λ(σᵢ) ½ E‖s(x̃, σᵢ) + (x̃ − x)/σᵢ²‖²,  x̃ ~ N(x, σᵢ²),  λ(σ) = σ²    eq. (5), (6)
 *   network    s(x, σ) = f(x, σ) / σ: ‖σ s‖ is about the same at all levels           section 4.2
 *   samples    annealed Langevin dynamics: T moves at each level, from the first on,
 *              x ← x + αᵢ/2 s(x, σᵢ) + √αᵢ z,  αᵢ = ε σᵢ²/σ_L²                        algorithm 1
 *
 * Large noise fills the space between the modes, so the score is learned there, and small noise gives
 * the detail.
 */
export interface Ncsn extends Model {
  /** s(x, σ), [B, ...] for x [B, ...] at places t [B] of the levels: 0 is σ₁, 1 is σ_L. */
  score(x: Tensor, t: Tensor): Tensor;
  /** Annealed Langevin dynamics without the last denoising: n examples in the network's coordinates. */
  anneal(n: number): Sampler;
  /** What is left of x [B, ...] at the last level when its noise is taken away. In a step. */
  denoise(x: Tensor): Tensor;
}

/** The levels of noise, and how Langevin dynamics goes through them. */
export interface Annealing {
  /** σ₁ and σ_L. */
  readonly most: number;
  readonly least: number;
  /** L, at least 2. */
  readonly levels: number;
  /** Moves at each level, T. */
  readonly moves: number;
  /** αᵢ / σᵢ², the same at all levels. */
  readonly rate: number;
}

/** σ at places t [B] of the levels: [B]. */
export const noiseAt = ({ most, least }: Pick<Annealing, 'most' | 'least'>, t: Tensor): Tensor =>
  mul(exp(mul(t, Math.log(least / most))), most);

/** Annealed Langevin dynamics of [n, ...] by a score(x, t) at places t [n]: algorithm 1. */
export function annealedLangevin(
  shape: Shape,
  annealing: Annealing,
  score: (x: Tensor, t: Tensor) => Tensor,
  result?: (x: Tensor) => Tensor,
): Sampler {
  const { most, least, levels, moves, rate } = annealing;
  return chains(shape, levels * moves, {
    start: () => mul(normal(shape), most),
    move(x, i) {
      const place = Math.floor(i / moves) / (levels - 1);
      const t = broadcastTo(place, [shape[0]]);
      const sigma = most * (least / most) ** place;
      return ula((at) => score(at, t), x, rate * sigma ** 2);
    },
    result,
  });
}

/** Variance of the data, about; inputs are scaled to about unit size by it. */
const SPREAD = { points: 2, images: 0.5 };

/** An NCSN for data of a shape: [2], or images [H, W, C] with values 0..1. */
export function ncsn(config: Config<'ncsn'>, shape: Shape): Ncsn {
  const { batch, levels, steps } = config;
  const images = shape.length > 1;
  const network = networkOf(config, shape);
  const optimiser = adam(network.weights);
  const averaged = ema(network.weights, config.average);
  const variance = images ? SPREAD.images : SPREAD.points;

  /** σ s(x, σ). */
  const scaled = (weights: typeof network.weights, x: Tensor, t: Tensor, sigma: Tensor) =>
    network.run(weights, div(x, perRow(sqrt(add(square(sigma), variance)), x)), t);
  const score = (x: Tensor, t: Tensor) => {
    const sigma = noiseAt(config, t);
    return div(scaled(averaged.tree, x, t, sigma), perRow(sigma, x));
  };
  const denoise = (x: Tensor) =>
    add(x, mul(score(x, broadcastTo(1, [x.shape[0]])), config.least ** 2));
  const shown = (x: Tensor) => (images ? mul(add(x, 1), 0.5) : x);
  const anneal = (n: number, result?: (x: Tensor) => Tensor) =>
    annealedLangevin([n, ...shape], { ...config, moves: config.langevin }, score, result);

  return {
    variables: { network: network.weights, averaged: averaged.flat },
    optimisers: { optimiser },
    rows: batch,
    score,
    denoise,
    anneal: (n) => anneal(n),

    step(data, i) {
      const x = images ? sub(mul(data, 2), 1) : data;
      const level = floor(mul(uniform([batch]), levels)); // as likely each
      const t = mul(level, 1 / (levels - 1));
      const sigma = noiseAt(config, t);
      const noise = normal(x.shape);
      const noisy = add(x, mul(noise, perRow(sigma, x)));
      const error = add(scaled(network.weights, noisy, t, sigma), noise); // σ (s + (x̃ − x)/σ²)
      const loss = mean(mul(sumOfRows(square(error)), 0.5)); // eq. (6)
      const lr = config.lr * schedules.linearTail(i, steps);
      optimiser.update(grad(loss, optimiser.variables), { lr });
      averaged.update(decayAt(config.average, i));
      return { loss };
    },

    sampler: (n) => anneal(n, (x) => shown(config.denoise === 'yes' ? denoise(x) : x)),
  };
}

// Beside the paper: a perceptron or a U-Net that hears the level as a time in place of a RefineNet with
// conditional normalisation; images lie in [−1, 1]; inputs are divided by √(σ² + variance of the data);
// chains begin with N(0, σ₁²) and end with the denoising of Jolicoeur-Martineau et al. 2020 (arXiv
// 2009.05475); samples come from a running average of the weights, as in Song and Ermon 2020 (arXiv
// 2006.09011).
