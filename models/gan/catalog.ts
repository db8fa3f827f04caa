import { bad, choice, good, large, type ModelInfo, real, whole } from '../settings.ts';

const dense = {
  noise: whole('dimensions of z', 2, 1, 512),
  hidden: whole('units of each hidden layer', 128, 1, 1024),
};
const game = (critics: number) => ({
  critics: whole('critic updates per step', critics, 1, 20),
  steps: whole('training steps', 3000, 1, 1e7),
  batch: whole('examples per update', 128, 1, 65536),
  lr: real('learning rate of Adam; it falls to zero in the second half', 1e-3, 0, 1),
  average: real('decay of the averaged generator', 0.995, 0, 0.999999),
});
const data = {
  eight_gaussians: {},
  grid25: {},
  two_moons: {},
  checkerboard: {},
  digits8: { noise: 16 },
};
const small = { noise: 32, steps: 1500, average: 0.98 };

/** The generative adversarial networks that can be trained. */
export const ganCatalog = {
  gan: {
    family: 'gan',
    title: 'GAN, minimax or non-saturating',
    paper: 'Goodfellow et al., Generative Adversarial Networks, 2014, arXiv 1406.2661',
    settings: {
      ...dense,
      loss: choice('what the generator minimises', 'nonsaturating', 'minimax'),
      ...game(1),
    },
    data,
    presets: {
      collapse: bad(
        'At twenty times the learning rate each player overshoots the other: samples lie on lines ' +
          'between the modes, and about half of the 25 are left out.',
        { loss: 'minimax', lr: 0.02 },
        'grid25',
      ),
    },
    live: ['lr'],
    losses: { critic: '−V, nats', generator: 'nats' },
  },
  lsgan: {
    family: 'gan',
    title: 'Least squares GAN',
    paper: 'Mao et al., Least Squares Generative Adversarial Networks, 2016, arXiv 1611.04076',
    settings: { ...dense, ...game(1) },
    data,
    live: ['lr'],
    losses: { critic: '½ squared error', generator: '½ squared error' },
  },
  wgan: {
    family: 'gan',
    title: 'WGAN with clipped weights',
    paper: 'Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017, arXiv 1701.07875',
    settings: {
      ...dense,
      clip: real('bound of every weight of the critic', 0.1, 1e-6, 10),
      ...game(3),
    },
    data,
    live: ['lr'],
    losses: { critic: 'K·W₁, by the critic', generator: '-critic(fake)' },
  },
  wgan_gp: {
    family: 'gan',
    title: 'WGAN with gradient penalty',
    paper: 'Gulrajani et al., Improved Training of Wasserstein GANs, 2017, arXiv 1704.00028',
    settings: {
      ...dense,
      penalty: real('weight of the gradient penalty', 0.1, 0, 1000),
      ...game(3),
    },
    data,
    presets: {
      free: bad(
        'Without the penalty nothing bounds the critic’s slope: it passes 30 in 400 steps, and the loss, which ' +
          'should be a distance of samples from the data, says nothing of one.',
        { penalty: 0 },
        'eight_gaussians',
      ),
    },
    live: ['lr', 'penalty'],
    losses: { critic: 'W₁, by the critic', penalty: '(slope - 1)²', generator: '-critic(fake)' },
  },
  r1_gan: {
    family: 'gan',
    title: 'GAN with the R₁ penalty',
    paper:
      'Mescheder, Geiger and Nowozin, Which Training Methods for GANs do actually Converge?, 2018, ' +
      'arXiv 1801.04406',
    settings: {
      ...dense,
      penalty: real('γ, twice the weight of the squared slope at data', 0.1, 0, 1000),
      ...game(1),
    },
    data,
    live: ['lr', 'penalty'],
    losses: { critic: 'nats + γ/2 slope²', penalty: 'slope²', generator: 'nats' },
  },
  sngan: {
    family: 'gan',
    title: 'GAN with spectral normalisation',
    paper:
      'Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018, arXiv 1802.05957',
    settings: {
      ...dense,
      scale: real('bound of the critic’s slope', 8, 0.01, 1000),
      loss: choice('what they play', 'hinge', 'nonsaturating', 'least_squares', 'wasserstein'),
      ...game(1),
    },
    data,
    presets: {
      collapse: bad(
        'The critic’s slope is at most 1, too little to tell modes 1.5 apart from each other: the ' +
          'generator wanders from one to the next and covers a few of the eight.',
        { scale: 1 },
        'eight_gaussians',
      ),
    },
    live: ['lr'],
    losses: { critic: 'hinge loss', generator: '-critic(fake)' },
  },
  dcgan: {
    family: 'gan',
    title: 'DCGAN, with classes by projection',
    paper:
      'Radford, Metz and Chintala, Unsupervised Representation Learning with Deep Convolutional ' +
      'Generative Adversarial Networks, 2015, arXiv 1511.06434; classes: Miyato and Koyama, cGANs with ' +
      'Projection Discriminator, 2018, arXiv 1802.05637',
    settings: {
      noise: whole('dimensions of z', 100, 1, 512),
      channels: whole('channels of the widest image, doubled at each level', 16, 1, 512),
      levels: whole('halvings at most; each needs even sides', 4, 1, 8),
      loss: choice('what they play', 'nonsaturating', 'hinge', 'wgan_gp'),
      norm: choice('what holds the critic', 'batch', 'spectral', 'layer'),
      conditional: choice('what images are conditioned on', 'nothing', 'class'),
      penalty: real('weight of the gradient penalty of wgan_gp', 10, 0, 1000),
      ...game(1),
    },
    data: {
      digits8: { ...small, batch: 64 },
      mnist: { ...small, batch: 64 },
      fashion: { ...small, batch: 64 },
      emoji16: { ...small, batch: 64 },
    },
    presets: {
      paper: large({ noise: 100, channels: 128, batch: 128, lr: 2e-4, steps: 200_000 }),
      sngan: good('Spectral norms hold the critic’s slope in every layer, without a penalty.', {
        ...{ loss: 'hinge', norm: 'spectral' },
      }),
      wgan_gp: good(
        'Five updates of a penalised critic for each of the generator: slow and steady.',
        {
          ...{ loss: 'wgan_gp', norm: 'layer', critics: 5, lr: 2e-4 },
        },
      ),
      conditional: good('Generator and critic are told the class: a sample of each in turn.', {
        ...{ loss: 'hinge', norm: 'spectral', conditional: 'class' },
      }),
    },
    live: ['lr', 'penalty'],
    losses: { critic: 'critic’s loss', generator: 'generator’s loss' },
  },
} satisfies Record<string, ModelInfo>;
