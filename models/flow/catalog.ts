import { real, type ModelInfo, whole } from '../settings.ts';

/** The normalizing flows that can be trained. */
export const flowCatalog = {
  realnvp: {
    family: 'flow',
    title: 'RealNVP',
    paper:
      'Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, 2016, arXiv 1605.08803',
    settings: {
      layers: whole('coupling layers', 6, 1, 64),
      hidden: whole('units of each hidden layer', 64, 1, 1024),
      steps: whole('training steps', 2000, 1, 1e7),
      batch: whole('points per step', 256, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
    },
    data: { eight_gaussians: {}, two_moons: {}, checkerboard: {}, grid25: {} },
    losses: { loss: 'nats/point' },
  },
} satisfies Record<string, ModelInfo>;
