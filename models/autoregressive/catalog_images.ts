import { choice, type ModelInfo, real, whole } from '../settings.ts';

/** The autoregressive models of images that can be trained. */
export const imageCatalog = {
  made: {
    family: 'ar',
    title: 'MADE',
    paper:
      'Germain, Gregor, Murray and Larochelle, MADE: Masked Autoencoder for Distribution Estimation, 2015, arXiv 1502.03509',
    settings: {
      hidden: whole('units of each hidden layer', 256, 1, 16384),
      layers: whole('hidden layers', 1, 1, 8),
      order: choice('order of the pixels: reading order, or any', 'natural', 'agnostic'),
      masks: whole('orders and connectivities that training goes through', 32, 1, 1e6),
      average: whole('orders that p(x) is the mean over', 8, 1, 64),
      steps: whole('training steps', 1500, 1, 1e7),
      batch: whole('images per step', 64, 1, 4096),
      lr: real('learning rate of Adam', 2e-3, 0, 1),
    },
    data: {
      digits8: {},
      mnist: { hidden: 500, batch: 100, lr: 1e-3, steps: 6000 },
    },
    presets: {
      paper: {
        ...{ hidden: 8000, layers: 2, order: 'agnostic', masks: 32, average: 32 },
        ...{ batch: 100, lr: 5e-4, steps: 300_000 },
      },
    },
    losses: { loss: 'nats/image' },
  },
  nade: {
    family: 'ar',
    title: 'NADE',
    paper:
      'Larochelle and Murray, The Neural Autoregressive Distribution Estimator, 2011; Uria, Côté, Gregor, Murray and Larochelle, Neural Autoregressive Distribution Estimation, 2016, arXiv 1605.02226',
    settings: {
      hidden: whole('units of the hidden layer', 64, 1, 4096),
      steps: whole('training steps', 1500, 1, 1e7),
      batch: whole('images per step', 64, 1, 4096),
      lr: real('learning rate of Adam; it falls to zero in the second half', 3e-3, 0, 1),
    },
    data: {
      digits8: {},
      mnist: { hidden: 64, batch: 32, lr: 2e-3, steps: 3000 },
    },
    presets: { paper: { hidden: 500, batch: 50, lr: 1e-3, steps: 200_000 } },
    losses: { loss: 'nats/image' },
  },
} satisfies Record<string, ModelInfo>;
