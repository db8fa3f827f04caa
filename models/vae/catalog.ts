import { choice, type ModelInfo, real, whole } from '../settings.ts';

/** The variational autoencoders that can be trained. */
export const vaeCatalog = {
  vae: {
    family: 'vae',
    title: 'Variational autoencoder',
    paper: 'Kingma and Welling, Auto-Encoding Variational Bayes, 2013, arXiv 1312.6114',
    settings: {
      network: choice('encoder and decoder', 'mlp', 'conv'),
      decoder: choice('distribution of a pixel', 'bernoulli', 'logistic'),
      latent: whole('dimensions of z', 8, 1, 512),
      hidden: whole('units of the hidden layer of an mlp', 128, 1, 4096),
      channels: whole('channels of the first convolution of a conv', 16, 1, 512),
      beta: real('weight of the KL term', 1, 0, 100),
      steps: whole('training steps', 2000, 1, 1e7),
      batch: whole('images per step', 64, 1, 4096),
      lr: real('learning rate of Adam', 1e-3, 0, 1),
    },
    data: {
      digits8: {},
      mnist: { latent: 20, hidden: 400, batch: 128, lr: 3e-3 },
    },
    losses: { loss: 'nats/image', reconstruction: 'nats/image', kl: 'nats/image' },
  },
} satisfies Record<string, ModelInfo>;
