import {
  adam,
  add,
  ema,
  grad,
  leakyRelu,
  mean,
  mul,
  neg,
  norm,
  normal,
  relu,
  reshape,
  schedules,
  type Shape,
  sigmoid,
  sizeOf,
  split,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  uniform,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { type Mlp, mlp, mlpInit } from '../mlp.ts';
import type { Model } from '../model.ts';
import { onePass } from '../sampler.ts';

/**
 * WGAN with gradient penalty. I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville,
 * Improved Training of Wasserstein GANs, 2017, arXiv 1704.00028.
 *
 *   critic     L = E D(x̃) − E D(x) + λ E (‖∇_x̂ D(x̂)‖₂ − 1)²                              eq. (3)
 *   generator  −E D(x̃)
 *   with x̃ = G(z), z ~ N(0, I), and x̂ = ε x + (1 − ε) x̃, ε ~ U[0, 1]            algorithm 1
 *
 * `step` updates the critic `critics` times, each on fresh data, then the generator once.
 */
export interface WganGp extends Model {
  /** Dimensions of z. */
  readonly noise: number;
  /** z [B, noise] → samples [B, ...shape], by the generator as trained or its running average. */
  generate(z: Tensor, weights?: 'trained' | 'averaged'): Tensor;
  /** The critic's score of points [B, ...shape]: [B, 1]. */
  score(x: Tensor): Tensor;
  /** E (‖∇_x̂ D(x̂)‖₂ − 1)² over points x̂ [B, ...shape]. */
  penalty(points: Tensor): Tensor;
}

/** A WGAN-GP for data of a shape: [2], or images [H, W, 1] with values 0..1. */
export function wganGp(config: Config<'wgan_gp'>, shape: Shape): WganGp {
  const { noise, hidden, critics, batch } = config;
  const size = sizeOf(shape);
  const generator = mlpInit([noise, hidden, hidden, size]);
  const critic = mlpInit([size, hidden, hidden, 1]);
  const averaged = ema(generator, config.average);
  const betas = { lr: config.lr, beta1: 0, beta2: 0.9 };
  const optimisers = { generator: adam(generator, betas), critic: adam(critic, betas) };
  const inside = shape.length > 1 ? sigmoid : (x: Tensor) => x; // pixels are 0..1

  const run = (weights: Mlp, z: Tensor) => reshape(inside(mlp(weights, z, relu)), [-1, ...shape]);
  const score = (x: Tensor) => mlp(critic, reshape(x, [-1, size]), (h) => leakyRelu(h, 0.2));

  /** Pulls the critic's slope towards one: the gradient of a gradient. */
  const penalty = (points: Tensor) => {
    const [slope] = grad(sum(score(points)), [points]); // [B, ...shape]
    return mean(square(sub(norm(reshape(slope, [-1, size]), 1), 1)));
  };

  const updateCritic = (x: Tensor, lr: number) => {
    const n = x.shape[0];
    const fake = stopGradient(run(generator, normal([n, noise])));
    const eps = uniform([n, ...shape.map(() => 1)]);
    const mixed = add(mul(x, eps), mul(fake, sub(1, eps))); // x̂
    const gap = sub(mean(score(fake)), mean(score(x)));
    const steep = penalty(mixed);
    const loss = add(gap, mul(steep, config.penalty)); // eq. (3)
    optimisers.critic.update(grad(loss, optimisers.critic.variables), { lr });
    return { critic: neg(gap), penalty: steep };
  };

  return {
    variables: { generator, critic, averaged: averaged.flat },
    optimisers,
    rows: critics * batch,
    noise,
    score,
    penalty,
    generate: (z, weights = 'averaged') =>
      run(weights === 'trained' ? generator : averaged.tree, z),

    step(x, i) {
      const lr = config.lr * schedules.linearTail(i, config.steps);
      const updates = split(x, critics, 0).map((part) => updateCritic(part, lr));
      const loss = neg(mean(score(run(generator, normal([batch, noise])))));
      optimisers.generator.update(grad(loss, optimisers.generator.variables), { lr });
      averaged.update();
      return { ...updates[critics - 1], generator: loss };
    },

    sampler: (n) => onePass(() => run(averaged.tree, normal([n, noise]))),
  };
}

// Beside the paper: β₁ = 0, β₂ = 0.9 as there, but fully connected networks, a learning rate that
// falls to zero in the second half, and samples from a running average of the generator.
