import { bad, choice, good, large, type ModelInfo, real, whole } from '../settings.ts';

const optimisation = {
  steps: whole('training steps', 3000, 1, 1e7),
  batch: whole('examples per step', 256, 1, 65536),
  lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
};
const network = {
  hidden: whole('units of each hidden layer, channels on images', 128, 8, 2048),
  layers: whole('hidden layers; on points', 3, 1, 16),
  fourier: choice('Fourier features of the coordinates too; on points', 'no', 'yes'),
  scales: whole('sizes of feature maps; on images', 2, 1, 5),
  blocks: whole('residual blocks of each size; on images', 1, 1, 8),
  average: real('decay of the averaged weights that samples come from', 0.995, 0, 0.999999),
};
const toys = { eight_gaussians: {}, two_moons: {}, checkerboard: {}, grid25: {} };
const small = { hidden: 16, batch: 32, lr: 1e-3, steps: 1500, denoise: 'yes' };
const images = { digits8: small, mnist: { ...small, hidden: 32, scales: 3, batch: 16 } };
const denoise = choice('whether the last noise is taken away', 'no', 'yes');

/** The score-based models that can be trained. */
export const scoreCatalog = {
  score_matching: {
    family: 'score',
    title: 'Score matching',
    paper:
      'Hyvärinen 2005; Vincent, A Connection Between Score Matching and Denoising Autoencoders, 2011; ' +
      'Song, Garg, Shi and Ermon, Sliced Score Matching, 2019, arXiv 1905.07088',
    settings: {
      objective: choice('how the score is learned', 'denoising', 'implicit', 'sliced'),
      slices: choice('random directions of the sliced one', 'rademacher', 'gaussian'),
      sigma: real('deviation of the noise in the data', 0.2, 0.001, 10),
      hidden: whole('units of each hidden layer', 128, 1, 4096),
      layers: whole('hidden layers', 2, 1, 16),
      ...optimisation,
      steps: whole('training steps', 2000, 1, 1e7),
      lr: real('learning rate of Adam; it falls to zero in the second half', 1e-3, 0, 1),
      langevin: whole('Langevin moves of a sample', 500, 1, 100_000),
      stepSize: real('ε of a move: it drifts by ε/2 times the score', 0.02, 0, 10),
    },
    data: { eight_gaussians: {}, two_moons: {}, grid25: { sigma: 0.05, stepSize: 1e-3 } },
    presets: {
      bare: bad(
        'With noise of σ = 0.02 the score is learned on the modes alone: between them nothing tells a ' +
          'walker where to go, and it stays or runs off.',
        { sigma: 0.02 },
        'eight_gaussians',
      ),
    },
    sampling: ['langevin', 'stepSize'],
    live: ['lr'],
    losses: { loss: 'objective' },
  },
  ncsn: {
    family: 'score',
    title: 'NCSN',
    paper:
      'Song and Ermon, Generative Modeling by Estimating Gradients of the Data Distribution, 2019, ' +
      'arXiv 1907.05600',
    settings: {
      most: real('σ of the first level', 4, 0.01, 1000),
      least: real('σ of the last level', 0.05, 1e-4, 10),
      levels: whole('levels of noise', 10, 2, 10_000),
      ...network,
      ...optimisation,
      langevin: whole('Langevin moves of a sample at each level', 20, 1, 10_000),
      rate: real('step size of these over σ²', 0.2, 0, 1),
      denoise: choice(denoise.meaning, 'yes', 'no'),
    },
    data: {
      ...toys,
      digits8: { ...small, least: 0.02 },
      mnist: { ...images.mnist, most: 14, least: 0.02, levels: 15 },
    },
    presets: {
      paper: large({
        ...{ hidden: 128, scales: 3, blocks: 2, batch: 128, lr: 1e-3, steps: 200_000 },
        ...{ most: 2, least: 0.02, levels: 10, langevin: 100, average: 0.999, denoise: 'no' },
      }),
      narrow: bad(
        'The largest noise must cover the data. With σ₁ = 0.3 every chain begins near the origin, where ' +
          'no data are, and the score there was never learned.',
        { most: 0.3 },
        'eight_gaussians',
      ),
    },
    sampling: ['langevin', 'rate', 'denoise'],
    live: ['lr'],
    losses: { loss: '½‖σ s + ε‖²' },
  },
  score_sde: {
    family: 'score',
    title: 'Score SDE',
    paper:
      'Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, Score-Based Generative Modeling through ' +
      'Stochastic Differential Equations, 2021, arXiv 2011.13456',
    settings: {
      process: choice('variance preserving, variance exploding or sub-VP', 'vp', 've', 'subvp'),
      betaMin: real('β at t = 0 of VP and sub-VP', 0.1, 0, 100),
      betaMax: real('β at t = 1 of VP and sub-VP', 20, 0, 1000),
      least: real('σ at t = 0 of VE', 0.01, 1e-4, 10),
      most: real('σ at t = 1 of VE', 10, 0.1, 10_000),
      end: real('ε, the least time', 1e-3, 1e-6, 0.1),
      ...network,
      ...optimisation,
      sampler: choice(
        'how samples are drawn',
        'euler_maruyama',
        'predictor_corrector',
        'heun',
        'rk45',
      ),
      passes: whole('steps of equal size of a sample', 100, 1, 100_000),
      corrections: whole('Langevin moves after each step of the predictor-corrector', 1, 1, 100),
      signal: real('signal-to-noise ratio of these', 0.16, 0, 10),
      tolerance: real('error that a step of rk45, or of a likelihood, may make', 1e-4, 1e-6, 1),
      divergence: choice('∇·F of likelihoods', 'exact', 'hutchinson'),
      denoise,
    },
    data: {
      ...toys,
      digits8: { ...images.digits8, divergence: 'hutchinson' },
      mnist: { ...images.mnist, divergence: 'hutchinson' },
    },
    presets: {
      paper: large({
        ...{ hidden: 128, scales: 4, blocks: 4, batch: 128, lr: 2e-4, steps: 1_300_000 },
        ...{ average: 0.9999, passes: 1000, end: 1e-5, least: 0.01, most: 50, denoise: 'yes' },
      }),
      flow: good(
        'The probability flow by Heun’s method: as good samples in fewer passes, without noise.',
        {
          ...{ sampler: 'heun', passes: 30 },
        },
      ),
      few: bad(
        'Five steps of Euler and Maruyama are each too long for a drift that changes fast near the end: ' +
          'the last noise stays in the samples.',
        { sampler: 'euler_maruyama', passes: 5 },
      ),
    },
    sampling: ['sampler', 'passes', 'corrections', 'signal', 'tolerance', 'divergence', 'denoise'],
    live: ['lr'],
    losses: { loss: '‖noise error‖²' },
  },
} satisfies Record<string, ModelInfo>;
