import { add, mul, type Shape, type Tensor } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Gan } from './adversarial.ts';
import { phasePortrait } from './dirac_gan.ts';
import { losses } from './losses.ts';
import { denseGenerator, plainCritic } from './networks.ts';
import { zeroCentred } from './penalties.ts';

/**
 * GAN with the R₁ penalty. L. Mescheder, A. Geiger and S. Nowozin, Which Training Methods for GANs do
 * actually Converge?, 2018, arXiv 1801.04406.
 *
 *   critic     −E log D(x) − E log(1 − D(G(z))) + γ/2 E ‖∇_x D(x)‖²                  eq. (1), (9)
 *   generator  −E log D(G(z))
 *
 * with ∇_x that of the score, on data alone. Where the samples are right, any slope of the critic only
 * costs; `dirac_gan.ts` has the smallest case in which this makes training converge.
 */
export interface R1Gan extends Gan {
  /** E ‖∇_x D(x)‖² over points [B, ...shape]. */
  penalty(points: Tensor): Tensor;
}

/** A GAN with R₁ for data of a shape: [2], or images [H, W, 1] with values 0..1. */
export function r1Gan(config: Config<'r1_gan'>, shape: Shape): R1Gan {
  const critic = plainCritic(config, shape);
  const { nonsaturating } = losses;
  const penalty = (points: Tensor) => zeroCentred(critic.score, points);
  const model = adversarial(config, shape, {
    generator: denseGenerator(config, shape),
    critic,
    betas: [0.5, 0.9],
    criticLoss(x, fake) {
      const told = nonsaturating.critic(critic.score(x), critic.score(fake));
      const steep = penalty(x);
      return { loss: add(told, mul(steep, config.penalty / 2)), penalty: steep }; // eq. (9)
    },
    generatorLoss: (fake) => nonsaturating.generator(critic.score(fake)),
  });
  return { ...model, penalty, views: { ...model.views, dirac: phasePortrait } };
}

// Beside the paper: β₁ = 0.5 and β₂ = 0.9 instead of 0 and 0.99, fully connected networks, γ = 0.1
// instead of 10 for points of the plane, and a learning rate that falls to zero in the second half.
