import { bad, choice, large, type ModelInfo, real, whole } from '../settings.ts';

/** Settings of encoder and decoder, and of the training of all models here. */
const network = {
  network: choice('encoder and decoder', 'mlp', 'conv'),
  decoder: choice('distribution of a pixel', 'bernoulli', 'logistic'),
  latent: whole('dimensions of z', 8, 1, 512),
  hidden: whole('units of each hidden layer of an mlp', 128, 1, 4096),
  layers: whole('hidden layers of an mlp', 1, 1, 8),
  channels: whole('channels of the first convolution of a conv', 16, 1, 512),
};
const training = {
  steps: whole('training steps', 2000, 1, 1e7),
  batch: whole('images per step', 64, 1, 4096),
  lr: real('learning rate of Adam', 1e-3, 0, 1),
};
const schedule = choice(
  'learning rate: constant, or falling in the stages of Burda et al.',
  'constant',
  'stages',
);
const warm = whole('steps in which the weight of the KL term grows from 0', 0, 0, 1e7);
const free = real('nats of each dimension of z that the KL term leaves free', 0, 0, 100);

/** The network with one layer of latent variables of Burda et al. (2015), and their 3280 passes. */
const burda = {
  network: 'mlp',
  decoder: 'bernoulli',
  latent: 50,
  hidden: 200,
  layers: 2,
  batch: 20,
  lr: 1e-3,
  schedule: 'stages',
  steps: 9_840_000,
};
const mnist = { latent: 20, hidden: 400, batch: 128, lr: 3e-3 };
const emoji16 = { network: 'conv', latent: 48, channels: 16, batch: 32, lr: 2e-3 };
const nats = 'nats/image';

/** The variational autoencoders that can be trained. */
export const vaeCatalog = {
  vae: {
    family: 'vae',
    title: 'Variational autoencoder',
    paper: 'Kingma and Welling, Auto-Encoding Variational Bayes, 2013, arXiv 1312.6114',
    settings: {
      ...network,
      beta: real('weight of the KL term', 1, 0, 100),
      warm,
      free,
      bound: choice('how the KL term is found', 'analytic', 'sampled'),
      ...training,
      schedule,
    },
    data: { digits8: {}, mnist, fashion: mnist, emoji16: { ...emoji16, decoder: 'logistic' } },
    presets: {
      paper: large(burda),
      collapse: bad(
        'At β = 20 telling the decoder anything costs more than it gains: q(z|x) becomes the prior, the KL ' +
          'term falls to 0, and all samples are the mean image.',
        { beta: 20 },
      ),
    },
    live: ['lr', 'beta', 'warm', 'free'],
    losses: { loss: nats, reconstruction: nats, kl: nats },
  },
  iwae: {
    family: 'vae',
    title: 'Importance weighted autoencoder',
    paper:
      'Burda, Grosse and Salakhutdinov, Importance Weighted Autoencoders, 2015, arXiv 1509.00519',
    settings: {
      ...network,
      samples: whole('draws of z that the bound averages over, k', 5, 1, 500),
      ...training,
      schedule,
    },
    data: { digits8: {}, mnist, fashion: mnist },
    presets: { paper: large({ ...burda, samples: 50 }) },
    live: ['lr'],
    losses: { loss: nats, negativeBound: nats },
  },
  sigma_vae: {
    family: 'vae',
    title: 'σ-VAE',
    paper:
      'Rybkin, Daniilidis and Levine, Simple and Effective VAE Training with Calibrated Decoders, 2020, arXiv 2006.13202',
    settings: {
      network: network.network,
      sigma: choice('standard deviation of a pixel', 'optimal', 'learned', 'fixed'),
      latent: network.latent,
      hidden: network.hidden,
      layers: network.layers,
      channels: network.channels,
      ...training,
    },
    data: {
      digits8: { latent: 16, steps: 4000, lr: 3e-3 },
      mnist: { ...mnist, latent: 32 },
      fashion: { ...mnist, latent: 32 },
      emoji16,
    },
    presets: {
      fixed: bad(
        'With σ = 1, a pixel’s whole range and more, errors cost next to nothing beside the KL term, so z is ' +
          'left unused and images blur into their mean.',
        { sigma: 'fixed' },
      ),
    },
    live: ['lr'],
    losses: { loss: nats, reconstruction: nats, kl: nats, sigma: '' },
  },
  iaf_vae: {
    family: 'vae',
    title: 'VAE with an inverse autoregressive flow',
    paper:
      'Kingma, Salimans, Jozefowicz, Chen, Sutskever and Welling, Improved Variational Inference with Inverse Autoregressive Flow, 2016, arXiv 1606.04934',
    settings: {
      ...network,
      flows: whole('steps of the flow', 4, 1, 32),
      units: whole('hidden units of each step of the flow', 64, 1, 4096),
      context: whole('numbers that the encoder tells the flow', 32, 1, 1024),
      warm,
      free,
      ...training,
    },
    data: { digits8: { steps: 4000, lr: 3e-3 }, mnist, fashion: mnist },
    live: ['lr', 'warm', 'free'],
    losses: { loss: nats, reconstruction: nats, kl: nats },
  },
  vqvae: {
    family: 'vae',
    title: 'VQ-VAE',
    paper:
      'van den Oord, Vinyals and Kavukcuoglu, Neural Discrete Representation Learning, 2017, arXiv 1711.00937',
    settings: {
      decoder: network.decoder,
      codes: whole('codes in the book', 32, 2, 8192),
      dimensions: whole('dimensions of a code', 8, 1, 512),
      halvings: whole('times that the encoder halves the image', 1, 1, 5),
      channels: whole('channels of a convolution', 16, 1, 512),
      beta: real('weight of the commitment term', 0.25, 0, 10),
      width: whole('channels of the prior', 24, 1, 1024),
      layers: whole('residual layers of the prior', 2, 0, 32),
      prior_steps: whole('of the steps, the last ones, which train the prior', 1000, 0, 1e7),
      prior_lr: real('learning rate of the prior', 3e-3, 0, 1),
      ...training,
    },
    data: {
      digits8: { codes: 16, halvings: 2, lr: 3e-3, steps: 1200, prior_steps: 300, prior_lr: 2e-3 },
      mnist: { codes: 64, halvings: 2, prior_steps: 600 },
      fashion: { codes: 64, halvings: 2, prior_steps: 600 },
      emoji16: { decoder: 'logistic', codes: 64, channels: 24, batch: 32 },
    },
    live: ['lr', 'beta', 'prior_lr'],
    losses: { loss: nats, reconstruction: nats, prior: nats, commitment: '', perplexity: 'codes' },
  },
} satisfies Record<string, ModelInfo>;
