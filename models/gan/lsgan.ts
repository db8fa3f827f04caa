import type { Shape } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Gan } from './adversarial.ts';
import { losses } from './losses.ts';
import { denseGenerator, plainCritic } from './networks.ts';

/**
 * Least squares GAN. X. Mao, Q. Li, H. Xie, R. Y. K. Lau, Z. Wang and S. P. Smolley, Least Squares
 * Generative Adversarial Networks, 2016, arXiv 1611.04076.
 *
 *   critic     ½ E (D(x) − 1)² + ½ E D(G(z))²
 *   generator  ½ E (D(G(z)) − 1)²                                                         eq. (9)
 *
 * Samples that the critic takes for data still feel how far from its level they are.
 */
export function lsgan(config: Config<'lsgan'>, shape: Shape): Gan {
  const critic = plainCritic(config, shape);
  const { least_squares: loss } = losses;
  return adversarial(config, shape, {
    generator: denseGenerator(config, shape),
    critic,
    betas: [0.5, 0.9],
    criticLoss: (x, fake) => ({ loss: loss.critic(critic.score(x), critic.score(fake)) }),
    generatorLoss: (fake) => loss.generator(critic.score(fake)),
  });
}

// Beside the paper: fully connected networks, a learning rate that falls to zero in the second half,
// and samples from a running average of the generator.
