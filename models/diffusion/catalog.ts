import { bad, choice, good, large, type ModelInfo, real, whole } from '../settings.ts';

/** How noise comes in, and what is learned of it. */
const chain = {
  timesteps: whole('steps from data to noise, T', 100, 2, 4000),
  schedule: choice('how noise grows', 'cosine', 'linear'),
  predict: choice('what the network predicts', 'epsilon', 'x0', 'v'),
  variance: choice('variance of a step back: β̃, β or learned', 'small', 'large', 'learned'),
  loss: choice('what is minimised', 'simple', 'hybrid', 'bound'),
};
const training = {
  average: real('decay of the averaged network', 0.995, 0, 0.999999),
  steps: whole('training steps', 3000, 1, 1e7),
  batch: whole('examples per step', 256, 1, 65536),
  lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
  warm: whole('steps until the learning rate is full', 0, 0, 1e6),
  norm: real('largest norm of a gradient, 0 for any', 0, 0, 1e6),
};
const drawing = {
  sampler: choice('how samples are drawn', 'ancestral', 'ddim'),
  passes: whole('steps that ddim goes through', 50, 1, 4000),
  eta: real('noise of ddim, η', 0, 0, 1),
  clip: real(
    'bound of the data that x_t is taken for, in units of the network; 0 for none',
    2,
    0,
    100,
  ),
  guidance: real('weight of guidance towards the class', 0, 0, 100),
  label: whole('class of all samples, -1 for all in turn', -1, -1, 1000),
};
const told = {
  classes: choice('whether the network is told classes', 'no', 'yes'),
  drop: real('part of the examples whose class it is not told', 0.1, 0, 1),
};
const perceptron = {
  hidden: whole('units of each hidden layer of an mlp', 128, 1, 4096),
  layers: whole('hidden layers of an mlp', 3, 1, 16),
};
const unet = {
  channels: whole('channels of a unet at full size, twice as many below', 32, 1, 1024),
  levels: whole('sizes of maps of a unet, each half of the one before', 3, 1, 6),
  blocks: whole('residual blocks of each level of a unet', 1, 1, 8),
  attend: whole('largest side of a map of a unet that attends to itself', 7, 0, 256),
  heads: whole('heads of attention', 1, 1, 64),
  groups: whole('groups that channels of a unet are normalised in', 8, 1, 64),
};
const sampling = Object.keys(drawing);
const pictures = { clip: 1, sampler: 'ddim', passes: 20 };
// Latents have no bounds: v is as well learned where there is almost no data left as where there is.
const latents = { predict: 'v', clip: 4, sampler: 'ddim', batch: 64, steps: 5000 };
const small = { ...pictures, network: 'unet', batch: 64, norm: 1, lr: 1e-3 };

/** The diffusion models that can be trained. */
export const diffusionCatalog = {
  ddpm: {
    family: 'diffusion',
    title: 'Denoising diffusion',
    paper: 'Ho, Jain and Abbeel, Denoising Diffusion Probabilistic Models, 2020, arXiv 2006.11239',
    settings: {
      network: choice('network', 'mlp', 'unet'),
      ...chain,
      ...perceptron,
      features: choice('what an mlp sees of coordinates', 'plain', 'fourier'),
      ...unet,
      ...told,
      ...training,
      ...drawing,
    },
    data: {
      eight_gaussians: {},
      two_moons: {},
      checkerboard: { features: 'fourier', steps: 2000 },
      grid25: { features: 'fourier' },
      digits8: { hidden: 256, batch: 64, clip: 1 },
      mnist: { ...small, channels: 16, steps: 2000 },
      fashion: { ...small, channels: 16, steps: 2000 },
      emoji16: { ...small, attend: 8, steps: 3000 },
    },
    presets: {
      // Appendix B, at the size of 28×28 images.
      paper: large({
        ...{ network: 'unet', channels: 128, blocks: 2, attend: 16, groups: 32 },
        ...{
          timesteps: 1000,
          schedule: 'linear',
          variance: 'large',
          sampler: 'ancestral',
          clip: 1,
        },
        ...{ steps: 800_000, batch: 128, lr: 2e-4, warm: 5000, norm: 1, average: 0.9999 },
      }),
      linear: good('The schedule of the paper, which needs its thousand steps.', {
        ...{ schedule: 'linear', timesteps: 1000 },
      }),
      unet: good(
        'A U-Net knows which pixels are neighbours: samples are several times closer to the data, and take longer.',
        {
          ...{ network: 'unet', channels: 16, levels: 2, predict: 'v' },
          ...{ steps: 4000, batch: 32, norm: 1, lr: 1e-3 },
        },
        'digits8',
      ),
      v: good('Predicts v, a mix of ε and x₀ that is never ill-conditioned.', { predict: 'v' }),
      x0: good('Predicts the data themselves.', { predict: 'x0' }),
      improved: good('Learned variances by the hybrid loss of Nichol and Dhariwal, 2021.', {
        ...{ schedule: 'cosine', variance: 'learned', loss: 'hybrid' },
      }),
      bound: good('Trained on the bound itself: better likelihoods, noisier gradients.', {
        ...{ variance: 'learned', loss: 'bound' },
      }),
      guided: good('Told the classes and guided towards them.', { classes: 'yes', guidance: 1 }),
      short: bad(
        'With four steps from data to noise a step back is far from Gaussian, whatever the network says: ' +
          'samples lie around the modes and between them.',
        { timesteps: 4, schedule: 'linear' },
        'eight_gaussians',
      ),
    },
    sampling,
    live: ['lr', 'warm', 'norm', 'drop'],
    losses: { loss: '', simple: '', bound: 'bits/dim' },
  },
  dit: {
    family: 'diffusion',
    title: 'Diffusion transformer',
    paper: 'Peebles and Xie, Scalable Diffusion Models with Transformers, 2023, arXiv 2212.09748',
    settings: {
      patch: whole('side of a patch', 2, 1, 16),
      width: whole('numbers of a token', 64, 4, 2048),
      depth: whole('blocks', 4, 1, 64),
      heads: whole('heads of attention', 4, 1, 64),
      ...chain,
      ...told,
      ...training,
      ...drawing,
    },
    data: {
      digits8: { ...pictures, classes: 'yes', batch: 64, lr: 1e-3 },
      mnist: { ...pictures, classes: 'yes', patch: 4, batch: 64, lr: 1e-3 },
      fashion: { ...pictures, classes: 'yes', patch: 4, batch: 64, lr: 1e-3 },
      emoji16: { ...pictures, classes: 'yes', batch: 64, lr: 1e-3 },
    },
    presets: {
      // DiT-S of table 1, trained as in section 4, here on pixels.
      paper: large({
        ...{ width: 384, depth: 12, heads: 6, patch: 2, classes: 'yes' },
        ...{ timesteps: 1000, schedule: 'linear', variance: 'learned', loss: 'hybrid' },
        ...{ steps: 400_000, batch: 256, lr: 1e-4, average: 0.9999, guidance: 0.5 },
        ...{ sampler: 'ancestral', clip: 1 },
      }),
    },
    sampling,
    live: ['lr', 'warm', 'norm', 'drop'],
    losses: { loss: '', simple: '', bound: 'bits/dim' },
  },
  latent_diffusion: {
    family: 'diffusion',
    title: 'Latent diffusion',
    paper:
      'Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, 2022, arXiv 2112.10752',
    settings: {
      network: choice('encoder and decoder', 'mlp', 'conv'),
      decoder: choice('distribution of a pixel', 'logistic', 'bernoulli'),
      latent: whole('dimensions of z', 16, 1, 512),
      units: whole('hidden units of encoder and decoder, of an mlp', 256, 1, 4096),
      channels: whole('channels of the first convolution of a conv', 16, 1, 512),
      beta: real('weight of the KL term', 0.1, 0, 100),
      vae_steps: whole('of the steps, the first ones, which train the autoencoder', 2000, 1, 1e7),
      vae_lr: real('learning rate of the autoencoder', 2e-3, 0, 1),
      ...perceptron,
      ...chain,
      ...told,
      ...training,
      ...drawing,
    },
    data: {
      digits8: { ...latents, hidden: 256 },
      mnist: { ...latents, hidden: 256, latent: 32 },
      fashion: { ...latents, hidden: 256, latent: 32 },
      emoji16: { ...latents, hidden: 256, latent: 64, network: 'conv' },
    },
    presets: {
      guided: good('Told the classes and guided towards them.', { classes: 'yes', guidance: 1 }),
    },
    sampling,
    live: ['lr', 'warm', 'norm', 'drop'],
    losses: { loss: 'nats/image of the autoencoder, then error of ε' },
  },
} satisfies Record<string, ModelInfo>;
