import { bad, choice, large, type ModelInfo, real, whole } from '../settings.ts';

/** The network, and how it is trained: settings of every model here. */
const common = {
  network: choice('what tells symbols from noise', 'mlp', 'transformer', 'unet'),
  width: whole('units of a layer, dimensions of a symbol, or channels', 256, 1, 8192),
  layers: whole('hidden layers, or blocks; of a unet those of each size', 2, 1, 128),
  heads: whole('heads of attention; they divide the width', 4, 1, 128),
  levels: whole('levels of a pixel; binary ones of large images are drawn anew', 2, 2, 32),
  length: whole('symbols of a window of a long text', 64, 2, 4096),
  steps: whole('training steps', 2000, 1, 1e7),
  batch: whole('examples per step', 64, 1, 4096),
  lr: real('learning rate of Adam; it falls to 2 % in the second half', 2e-3, 0, 1),
};

const passes = whole('passes of the network for a sample', 64, 1, 4096);

/** The data that every model here takes, with what suits each. */
const data = {
  digits8: {},
  mnist: { network: 'unet', width: 16, layers: 1, steps: 3000, batch: 32, lr: 1e-3 },
  names: { network: 'transformer', width: 48, steps: 1500 },
  text27: { network: 'transformer', width: 64, steps: 3000, batch: 16 },
};

/** The full size on text8, with a batch that one GPU holds. */
const text8 = {
  ...{ network: 'transformer', width: 768, layers: 12, heads: 12, length: 256 },
  ...{ batch: 16, lr: 3e-4, steps: 1_000_000, passes: 256 },
};

/** The discrete diffusion models that can be trained. */
export const discreteCatalog = {
  d3pm: {
    family: 'discrete',
    title: 'D3PM',
    paper:
      'Austin et al., Structured Denoising Diffusion Models in Discrete State-Spaces, 2021, arXiv 2107.03006',
    settings: {
      ...common,
      noise: choice('what becomes of a symbol', 'uniform', 'absorbing', 'gaussian'),
      times: whole('steps of the noise, T', 64, 1, 1000),
      lambda: real('weight of the cross-entropy of x_0 beside the bound', 0, 0, 100),
      betaFirst: real('strength of gaussian noise at the first step', 0.1, 1e-6, 100),
      betaLast: real('strength of gaussian noise at the last step', 0.4, 1e-6, 100),
      passes,
    },
    data,
    presets: {
      paper: large({ ...text8, noise: 'absorbing', times: 1000, lambda: 0.01 }),
    },
    sampling: ['passes'],
    live: ['lr', 'lambda'],
    losses: { loss: 'nats/example' },
  },
  mdlm: {
    family: 'discrete',
    title: 'Masked diffusion',
    paper:
      'Sahoo et al., Simple and Effective Masked Diffusion Language Models, 2024, arXiv 2406.07524',
    settings: {
      ...common,
      passes,
      temperature: real('of samples: less is likelier, 0 is always the likeliest', 1, 0, 10),
    },
    data,
    presets: {
      paper: large(text8),
      at_once: bad(
        'One pass shows all symbols at once, each drawn by itself without knowing the others: right one by ' +
          'one, and noise together.',
        { passes: 1 },
      ),
    },
    sampling: ['passes', 'temperature'],
    live: ['lr'],
    losses: { loss: 'nats/example' },
  },
  sedd: {
    family: 'discrete',
    title: 'Score entropy',
    paper:
      'Lou et al., Discrete Diffusion Modeling by Estimating the Ratios of the Data Distribution, 2024, arXiv 2310.16834',
    settings: {
      ...common,
      noise: choice('what becomes of a symbol', 'absorbing', 'uniform'),
      passes,
      sampler: choice('how a pass goes back in time', 'tweedie', 'tau'),
    },
    data,
    presets: { paper: large(text8) },
    sampling: ['passes', 'sampler'],
    live: ['lr'],
    losses: { loss: 'nats/example' },
  },
} satisfies Record<string, ModelInfo>;
