import { neg, type Shape } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Gan } from './adversarial.ts';
import { losses } from './losses.ts';
import { denseGenerator, plainCritic } from './networks.ts';

/**
 * Wasserstein GAN. M. Arjovsky, S. Chintala and L. Bottou, Wasserstein GAN, 2017, arXiv 1701.07875.
 *
 *   W₁(p, p_g) = sup { E D(x) − E D(G(z)) : ‖D‖_Lip ≤ 1 }                                 eq. (2)
 *   critic     E D(G(z)) − E D(x), every weight then clipped to [−c, c]             algorithm 1
 *   generator  −E D(G(z))
 *
 * Clipping holds D's Lipschitz constant below some K that is not known, so `critic` shows an estimate
 * of K·W₁.
 */
export function wgan(config: Config<'wgan'>, shape: Shape): Gan {
  const critic = plainCritic(config, shape);
  const { wasserstein } = losses;
  return adversarial(config, shape, {
    generator: denseGenerator(config, shape),
    critic,
    betas: [0, 0.9],
    bound: config.clip,
    criticLoss(x, fake) {
      const loss = wasserstein.critic(critic.score(x), critic.score(fake));
      return { loss, critic: neg(loss) };
    },
    generatorLoss: (fake) => wasserstein.generator(critic.score(fake)),
  });
}

// Beside the paper: Adam without momentum instead of RMSProp, three critic updates instead of five,
// c = 0.1 instead of 0.01 for these small networks, a learning rate that falls to zero in the second
// half, and samples from a running average of the generator.
