import { bad, choice, large, type ModelInfo, real, whole } from '../settings.ts';

const toys = { eight_gaussians: {}, two_moons: {}, checkerboard: {}, grid25: {} };
const optimisation = {
  steps: whole('training steps', 2000, 1, 1e7),
  batch: whole('examples per step', 256, 1, 65536),
  lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
};
const losses = { loss: 'nats/point', bits: 'bits/dim' };

const digits = { layers: 3, hidden: 16, batch: 64, lr: 1e-3, steps: 1000 };
const small = { layers: 2, hidden: 16, batch: 64, steps: 600 };

/** The normalizing flows that can be trained. */
export const flowCatalog = {
  nice: {
    family: 'flow',
    title: 'NICE',
    paper:
      'Dinh, Krueger and Bengio, NICE: Non-linear Independent Components Estimation, 2014, ' +
      'arXiv 1410.8516',
    settings: {
      layers: whole('coupling layers', 6, 1, 64),
      depth: whole('hidden layers of each network', 2, 1, 16),
      hidden: whole('units of each hidden layer', 64, 1, 4096),
      ...optimisation,
    },
    data: {
      ...toys,
      digits8: { layers: 4, hidden: 256, batch: 64, lr: 1e-3 },
      mnist: { layers: 4, depth: 5, hidden: 200, batch: 64, lr: 1e-3 },
    },
    presets: { paper: large({ layers: 4, depth: 5, hidden: 1000, lr: 1e-3, steps: 1_000_000 }) },
    live: ['lr'],
    losses,
  },
  realnvp: {
    family: 'flow',
    title: 'RealNVP',
    paper:
      'Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, 2016, arXiv 1605.08803',
    settings: {
      layers: whole('coupling layers; of images those of each mask', 6, 1, 64),
      hidden: whole('units of each hidden layer, channels on images', 64, 1, 1024),
      levels: whole('scales at most; on images', 2, 1, 8),
      blocks: whole('residual blocks of each network; on images', 1, 0, 32),
      ...optimisation,
    },
    data: {
      ...toys,
      digits8: digits,
      mnist: { ...digits, steps: 400 },
      emoji16: { ...digits, batch: 32, steps: 400 },
    },
    presets: {
      paper: large({
        layers: 3,
        hidden: 64,
        levels: 3,
        blocks: 8,
        batch: 64,
        lr: 1e-3,
        steps: 200_000,
      }),
      single: bad(
        'One coupling leaves one coordinate as it is, a Gaussian for ever, and makes the other Gaussian ' +
          'given that one: eight modes are two of the things it cannot be.',
        { layers: 1 },
        'eight_gaussians',
      ),
      fast: bad(
        'At fifty times the learning rate scales run into their bound of e², and the loss jumps about ' +
          'far above the entropy of the data.',
        { lr: 0.1 },
        'eight_gaussians',
      ),
    },
    live: ['lr'],
    losses,
  },
  maf: {
    family: 'flow',
    title: 'Masked autoregressive flow',
    paper:
      'Papamakarios, Pavlakou and Murray, Masked Autoregressive Flow for Density Estimation, 2017, ' +
      'arXiv 1705.07057',
    settings: {
      layers: whole('autoregressive layers', 6, 1, 15),
      hidden: whole('units of each hidden layer', 64, 1, 4096),
      ...optimisation,
    },
    data: {
      ...toys,
      digits8: { layers: 5, hidden: 256, batch: 64, lr: 1e-3 },
      mnist: { layers: 5, hidden: 256, batch: 64, lr: 1e-3, steps: 1500 },
    },
    presets: { paper: large({ layers: 10, hidden: 1024, batch: 100, lr: 1e-4, steps: 200_000 }) },
    live: ['lr'],
    losses,
  },
  iaf: {
    family: 'flow',
    title: 'Inverse autoregressive flow',
    paper:
      'Kingma, Salimans, Jozefowicz, Chen, Sutskever and Welling, Improving Variational Inference ' +
      'with Inverse Autoregressive Flow, 2016, arXiv 1606.04934',
    settings: {
      layers: whole('autoregressive layers', 6, 1, 64),
      hidden: whole('units of each hidden layer', 64, 1, 4096),
      ...optimisation,
    },
    data: { ...toys },
    live: ['lr'],
    losses,
  },
  glow: {
    family: 'flow',
    title: 'Glow',
    paper:
      'Kingma and Dhariwal, Glow: Generative Flow with Invertible 1×1 Convolutions, 2018, ' +
      'arXiv 1807.03039',
    settings: {
      levels: whole('levels at most; each needs sides that halve', 2, 1, 8),
      depth: whole('steps of flow in each level', 4, 1, 64),
      hidden: whole('channels of the networks of the couplings', 32, 1, 1024),
      mixing: choice('how the 1×1 convolutions are kept', 'direct', 'lu'),
      temperature: real('standard deviation of the noise of samples', 1, 0, 2),
      warm: whole('updates until the learning rate is full', 50, 1, 1e6),
      steps: whole('training steps', 1200, 1, 1e7),
      batch: whole('images per step', 64, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
    },
    data: {
      digits8: {},
      mnist: { batch: 32, steps: 700 },
      fashion: { batch: 32, steps: 700 },
      emoji16: { hidden: 64, batch: 32, steps: 1000 },
    },
    presets: {
      paper: large({ levels: 3, depth: 32, hidden: 512, lr: 1e-3, warm: 5000, steps: 200_000 }),
    },
    sampling: ['temperature'],
    live: ['lr', 'warm'],
    losses,
  },
  flowpp: {
    family: 'flow',
    title: 'Flow++',
    paper: 'Ho, Chen, Srinivas, Duan and Abbeel, Flow++, 2019, arXiv 1902.00275',
    settings: {
      layers: whole('coupling layers; of images before and after the squeeze', 4, 1, 64),
      hidden: whole('units of each hidden layer, channels on images', 64, 4, 1024),
      components: whole('logistic distributions of each mixture', 4, 1, 64),
      blocks: whole('blocks of convolution and attention of each network; on images', 1, 1, 32),
      dequantise: choice(
        'noise that makes levels real numbers; on images',
        'variational',
        'uniform',
      ),
      temperature: real('standard deviation of the noise of samples', 1, 0, 2),
      warm: whole('updates until the learning rate is full; on images', 50, 1, 1e6),
      ...optimisation,
    },
    data: {
      ...toys,
      digits8: small,
      mnist: { ...small, batch: 32 },
      emoji16: { ...small, batch: 32 },
    },
    presets: {
      paper: large({
        ...{ layers: 4, hidden: 96, components: 32, blocks: 10, batch: 64 },
        ...{ lr: 1.2e-3, warm: 2000, steps: 400_000 },
      }),
    },
    sampling: ['temperature'],
    live: ['lr', 'warm'],
    losses,
  },
} satisfies Record<string, ModelInfo>;
