import type { Shape } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Gan } from './adversarial.ts';
import { losses } from './losses.ts';
import { denseGenerator, plainCritic } from './networks.ts';

/**
 * Generative adversarial network. I. J. Goodfellow et al., Generative Adversarial Networks, 2014,
 * arXiv 1406.2661.
 *
 *   min_G max_D V = E log D(x) + E log(1 − D(G(z)))                                       eq. (1)
 *   D* = p / (p + p_g),  V at D* = 2 JSD(p ‖ p_g) − log 4                             eq. (2), (6)
 *
 * with z ~ N(0, I) and D the sigmoid of a score. `loss` says what the generator minimises: V itself
 * ('minimax'), or −E log D(G(z)), whose gradient does not vanish where D is sure (section 3).
 *
 * On modes that lie apart either may settle on some of them: D then tells no more than where the
 * samples are. Preset `collapse` shows it.
 */
export function gan(config: Config<'gan'>, shape: Shape): Gan {
  const loss = losses[config.loss];
  const critic = plainCritic(config, shape);
  return adversarial(config, shape, {
    generator: denseGenerator(config, shape),
    critic,
    betas: [0.5, 0.9],
    criticLoss: (x, fake) => ({ loss: loss.critic(critic.score(x), critic.score(fake)) }), // −V
    generatorLoss: (fake) => loss.generator(critic.score(fake)),
  });
}

// Beside the paper: Adam instead of momentum, relu and leaky relu instead of maxout, no dropout, a
// learning rate that falls to zero, and samples from a running average of the generator.
