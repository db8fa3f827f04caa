import {
  add,
  mean,
  mul,
  neg,
  relu,
  softplus,
  square,
  sub,
  type Tensor,
} from '../../engine/index.ts';

/** What critic and generator minimise, by the critic's scores: those of data and those of samples. */
export interface AdversarialLoss {
  critic(real: Tensor, fake: Tensor): Tensor;
  generator(fake: Tensor): Tensor;
}

/** −E log D(x) − E log(1 − D(x̃)) for D = σ(score): log σ(s) = −softplus(−s). */
const discriminate = (real: Tensor, fake: Tensor) =>
  add(mean(softplus(neg(real))), mean(softplus(fake)));

/** The losses of the papers. A score is a logit, but of `wasserstein`, where it is a potential. */
export const losses = {
  /**
   * min_G max_D E log D(x) + E log(1 − D(x̃)): eq. (1) of Goodfellow et al. 2014, arXiv 1406.2661. Where
   * D is sure of a sample, the generator's gradient vanishes.
   */
  minimax: {
    critic: discriminate,
    generator: (fake) => neg(mean(softplus(fake))), // E log(1 − D(x̃))
  },
  /** The generator maximises E log D(x̃) instead: section 3 of the same. */
  nonsaturating: {
    critic: discriminate,
    generator: (fake) => mean(softplus(neg(fake))), // −E log D(x̃)
  },
  /** ½ E (D(x) − 1)² + ½ E D(x̃)² and ½ E (D(x̃) − 1)²: eq. (9) of Mao et al. 2016, arXiv 1611.04076. */
  least_squares: {
    critic: (real, fake) => mul(0.5, add(mean(square(sub(real, 1))), mean(square(fake)))),
    generator: (fake) => mul(0.5, mean(square(sub(fake, 1)))),
  },
  /**
   * E max(0, 1 − D(x)) + E max(0, 1 + D(x̃)) and −E D(x̃): Lim and Ye 2017, arXiv 1705.02894; eq. (16) and
   * (17) of Miyato et al. 2018, arXiv 1802.05957.
   */
  hinge: {
    critic: (real, fake) => add(mean(relu(sub(1, real))), mean(relu(add(1, fake)))),
    generator: (fake) => neg(mean(fake)),
  },
  /** E D(x̃) − E D(x) and −E D(x̃), for D that is held Lipschitz: Arjovsky et al. 2017, arXiv 1701.07875. */
  wasserstein: {
    critic: (real, fake) => sub(mean(fake), mean(real)),
    generator: (fake) => neg(mean(fake)),
  },
} as const satisfies Record<string, AdversarialLoss>;
