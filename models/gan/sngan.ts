import { mul, type Shape, type Tensor } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Critic, type Gan } from './adversarial.ts';
import { losses } from './losses.ts';
import { denseCritic, denseGenerator, scoreBy } from './networks.ts';
import { spectral } from './spectral_norm.ts';

/**
 * GAN with a spectrally normalised critic. T. Miyato, T. Kataoka, M. Koyama and Y. Yoshida, Spectral
 * Normalization for Generative Adversarial Networks, 2018, arXiv 1802.05957.
 *
 *   D(x) = k · (a ∘ W̄_L ∘ .. ∘ a ∘ W̄_1) x,  W̄ = W / σ(W),  so ‖D‖_Lip ≤ k           eq. (7), (8)
 *   critic     E max(0, 1 − D(x)) + E max(0, 1 + D(G(z)))                              eq. (16)
 *   generator  −E D(G(z))                                                              eq. (17)
 *
 * The paper has k = 1, on pixels of which there are thousands. Between modes of the plane that are 1 apart
 * such a D can say nothing: preset `collapse` shows it.
 */
export interface SnGan extends Gan {
  /** Lets the power iterations go on with the weights as they are. Inside a step. */
  iterate(): void;
}

/** An SN-GAN for data of a shape: [2], or images [H, W, 1] with values 0..1. */
export function sngan(config: Config<'sngan'>, shape: Shape): SnGan {
  const weights = denseCritic(config, shape);
  const { state, iterate, of } = spectral(weights.map(({ weight }) => weight));
  const loss = losses[config.loss];
  const critic: Critic = {
    weights,
    score(x: Tensor) {
      const layers = weights.map(({ weight, bias }) => ({ weight: of(weight), bias }));
      return mul(scoreBy(layers, x), config.scale);
    },
  };
  const model = adversarial(config, shape, {
    generator: denseGenerator(config, shape),
    critic,
    betas: [0.5, 0.9],
    state,
    criticLoss: (x, fake) => ({ loss: loss.critic(critic.score(x), critic.score(fake)) }),
    afterCritic: iterate, // to the weights that the next scores will have
    generatorLoss: (fake) => loss.generator(critic.score(fake)),
  });
  return { ...model, iterate };
}

// Beside the paper: the factor k, β₁ = 0.5 and β₂ = 0.9, fully connected networks, a learning rate that
// falls to zero in the second half, and samples from a running average of the generator.
