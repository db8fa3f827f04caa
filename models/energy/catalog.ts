import { bad, choice, good, large, type ModelInfo, real, whole } from '../settings.ts';

const toys = { eight_gaussians: {}, two_moons: {}, checkerboard: {}, grid25: {} };

const moves = {
  langevin: whole('moves of the chains in a training step', 20, 1, 1000),
  eps: real('step size ε of Langevin dynamics', 0.01, 1e-8, 1000),
  deviation: real('standard deviation of its noise; 0 for √ε, which is exact', 0, 0, 10),
  slope: real("bound of each component of the energy's slope", 20, 1e-6, 1e9),
  start: choice('where the chains of a step begin', 'buffer', 'data', 'noise'),
  buffer: whole('chains that are kept, at least', 4096, 1, 1e6),
  reinit: real('share of them that begin anew when taken', 0.05, 0, 1),
};
const sampling = {
  from: choice('where the chains of a sample begin', 'noise', 'buffer'),
  draws: whole('moves of the chains of a sample', 500, 1, 1e6),
};

/**
 * On images chains go far with little noise, and samples begin with the buffer, as in the papers; their step
 * sizes are for pixels of 0..1.
 */
const images = { eps: 5, deviation: 0.005, slope: 0.06, from: 'buffer', draws: 60 } as const;
const small = { ...images, smooth: 0.01, l2: 0.1, beta1: 0, lr: 1e-3 } as const;
const gentle = { ...images, eps: 0.5, slope: 1, langevin: 10, lr: 3e-3, steps: 400 } as const;
const big = { hidden: 8, batch: 32, langevin: 10, steps: 300 } as const;

/** The energy-based models that can be trained. */
export const ebmCatalog = {
  rbm: {
    family: 'ebm',
    title: 'Restricted Boltzmann machine',
    paper:
      'Hinton, Training Products of Experts by Minimizing Contrastive Divergence, 2002; Tieleman, ' +
      'Training RBMs using Approximations to the Likelihood Gradient, 2008',
    settings: {
      hidden: whole('hidden units', 16, 1, 4096),
      chains: choice('where Gibbs sampling begins', 'data', 'persistent'),
      k: whole('rounds of Gibbs sampling in a training step', 1, 1, 1000),
      gibbs: whole('rounds of Gibbs sampling of a sample', 300, 1, 1e6),
      steps: whole('training steps', 3000, 1, 1e7),
      batch: whole('images per step', 64, 1, 65536),
      lr: real('learning rate; it falls to zero in the second half', 0.02, 0, 10),
    },
    data: {
      digits8: {},
      mnist: { hidden: 128, chains: 'persistent', lr: 0.05, steps: 2000 },
      fashion: { hidden: 128, chains: 'persistent', lr: 0.05, steps: 2000 },
    },
    presets: { paper: large({ hidden: 500, k: 25, batch: 100, lr: 0.05, steps: 250_000 }) },
    sampling: ['gibbs'],
    live: ['lr'],
    losses: { pseudo: 'nats/image, pseudo-likelihood', gap: 'F(data) - F(chains), nats' },
  },
  ebm: {
    family: 'ebm',
    title: 'Energy-based model',
    paper:
      'Du and Mordatch, Implicit Generation and Modeling with Energy-Based Models, 2019, ' +
      'arXiv 1903.08689',
    settings: {
      network: choice('what it sees of points', 'plain', 'fourier'),
      hidden: whole('units of each hidden layer, channels on images', 64, 1, 1024),
      ...moves,
      l2: real('weight of the squared energies', 0, 0, 100),
      smooth: real('standard deviation of the noise added to data', 0, 0, 1),
      beta1: real('decay of the first moment of Adam', 0.5, 0, 1),
      ...sampling,
      steps: whole('training steps', 1000, 1, 1e7),
      batch: whole('examples per step', 256, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
    },
    data: {
      ...toys,
      digits8: { ...small, hidden: 16, batch: 64, langevin: 10, steps: 400 },
      mnist: { ...small, ...big },
      fashion: { ...small, ...big },
      emoji16: { ...small, ...big, hidden: 16 },
    },
    presets: {
      paper: large({
        ...{ hidden: 128, langevin: 60, eps: 20, deviation: 0.005, buffer: 10_000, l2: 1 },
        ...{ batch: 128, lr: 1e-4, steps: 100_000 },
      }),
      fourier: good(
        'Sines and cosines of the coordinates let the energy bend sharply: nearly all samples are at a mode.',
        { network: 'fourier', l2: 0.001, batch: 128, steps: 800, reinit: 0.1 },
        'eight_gaussians',
      ),
      still: bad(
        'Without noise chains only roll downhill: all end in the deepest points, training raises the ' +
          'energy there, and the minima flee from the data.',
        { deviation: 1e-4 },
        'eight_gaussians',
      ),
      short: bad(
        'Chains that take one move from noise never get where the energy is low: what training pushes up ' +
          'is noise, the gap runs away, and real samples of this energy are elsewhere.',
        { start: 'noise', langevin: 1 },
        'eight_gaussians',
      ),
    },
    sampling: ['from', 'draws'],
    live: ['lr', 'l2', 'smooth'],
    losses: { gap: 'E(data) - E(chains), nats', energy: 'E(data), nats' },
  },
  jem: {
    family: 'ebm',
    title: 'Joint energy-based model',
    paper:
      'Grathwohl, Wang, Jacobsen, Duvenaud, Norouzi and Swersky, Your Classifier is Secretly an Energy ' +
      'Based Model and You Should Treat it Like One, 2020, arXiv 1912.03263',
    settings: {
      hidden: whole('channels', 32, 1, 1024),
      ...moves,
      ...sampling,
      generative: real('weight of log p(x)', 1, 0, 1000),
      smooth: real('standard deviation of the noise added to data', 0.03, 0, 1),
      steps: whole('training steps', 1000, 1, 1e7),
      batch: whole('images per step', 64, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 1e-3, 0, 1),
    },
    data: {
      digits8: { ...gentle, hidden: 16 },
      mnist: { ...gentle, ...big },
      fashion: { ...gentle, ...big },
      emoji16: { ...gentle, ...big, hidden: 16 },
    },
    presets: {
      paper: large({
        ...{ hidden: 160, langevin: 20, eps: 0.5, deviation: 0.005, smooth: 0.015, buffer: 10_000 },
        ...{ batch: 64, lr: 1e-4, steps: 150_000 },
      }),
    },
    sampling: ['from', 'draws'],
    live: ['lr', 'smooth', 'generative'],
    losses: {
      classification: 'nats/image',
      gap: 'E(data) - E(chains), nats',
      accuracy: 'share of right classes',
    },
  },
} satisfies Record<string, ModelInfo>;
