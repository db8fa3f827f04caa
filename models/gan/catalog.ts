import { real, type ModelInfo, whole } from '../settings.ts';

/** The generative adversarial networks that can be trained. */
export const ganCatalog = {
  wgan_gp: {
    family: 'gan',
    title: 'WGAN with gradient penalty',
    paper: 'Gulrajani et al., Improved Training of Wasserstein GANs, 2017, arXiv 1704.00028',
    settings: {
      noise: whole('dimensions of z', 2, 1, 512),
      hidden: whole('units of each hidden layer', 128, 1, 1024),
      critics: whole('critic updates per step', 3, 1, 20),
      penalty: real('weight of the gradient penalty', 0.1, 0, 1000),
      steps: whole('training steps', 3000, 1, 1e7),
      batch: whole('examples per update', 128, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 1e-3, 0, 1),
      average: real('decay of the averaged generator', 0.995, 0, 0.999999),
    },
    data: {
      eight_gaussians: {},
      grid25: {},
      two_moons: {},
      checkerboard: {},
      digits8: { noise: 16 },
    },
    losses: { critic: 'Wasserstein estimate', penalty: '(slope - 1)²', generator: '-critic(fake)' },
  },
} satisfies Record<string, ModelInfo>;
