import { add, mul, neg, type Shape, type Tensor } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Gan } from './adversarial.ts';
import { losses } from './losses.ts';
import { denseGenerator, plainCritic } from './networks.ts';
import { between, oneCentred } from './penalties.ts';

/**
 * WGAN with gradient penalty. I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville,
 * Improved Training of Wasserstein GANs, 2017, arXiv 1704.00028.
 *
 *   critic     L = E D(x̃) − E D(x) + λ E (‖∇_x̂ D(x̂)‖₂ − 1)²                              eq. (3)
 *   generator  −E D(x̃)
 *   with x̃ = G(z), z ~ N(0, I), and x̂ = ε x + (1 − ε) x̃, ε ~ U[0, 1]            algorithm 1
 *
 * The loss holds a gradient, so its own gradient is of second order. The penalty is soft: where the slope s
 * is the same everywhere, −L = s W₁ − λ (s − 1)² is largest at s = 1 + W₁ / 2λ, by which `critic` is more than
 * W₁. The metrics `w1Critic` and `w1` are the gap over the steepest slope, and W₁ exactly.
 */
export interface WganGp extends Gan {
  /** E (‖∇_x̂ D(x̂)‖₂ − 1)² over points x̂ [B, ...shape]. */
  penalty(points: Tensor): Tensor;
}

/** A WGAN-GP for data of a shape: [2], or images [H, W, 1] with values 0..1. */
export function wganGp(config: Config<'wgan_gp'>, shape: Shape): WganGp {
  const critic = plainCritic(config, shape);
  const { wasserstein } = losses;
  const penalty = (points: Tensor) => oneCentred(critic.score, points);
  const model = adversarial(config, shape, {
    generator: denseGenerator(config, shape),
    critic,
    betas: [0, 0.9],
    criticLoss(x, fake) {
      const gap = wasserstein.critic(critic.score(x), critic.score(fake));
      const steep = penalty(between(x, fake));
      const loss = add(gap, mul(steep, config.penalty)); // eq. (3)
      return { loss, critic: neg(gap), penalty: steep };
    },
    generatorLoss: (fake) => wasserstein.generator(critic.score(fake)),
  });
  return { ...model, penalty };
}

// Beside the paper: β₁ = 0, β₂ = 0.9 as there, but fully connected networks, λ = 0.1 for points of
// the plane, a learning rate that falls to zero in the second half, and samples from a running
// average of the generator.
