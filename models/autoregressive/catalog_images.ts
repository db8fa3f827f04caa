import { bad, choice, large, type ModelInfo, real, whole } from '../settings.ts';

/** Divides the logits of samples. */
const temperature = real('of samples: less draws what is likelier', 1, 0.01, 10);

/** Sizes of the two stacks of a gated PixelCNN. */
const stacks = {
  channels: whole('channels of features', 16, 1, 512),
  layers: whole('layers of both stacks', 4, 1, 64),
  first: whole('side of the filters of the first layer, odd', 5, 3, 11),
  filter: whole('side of the filters of the other layers, odd', 3, 3, 11),
};

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
      temperature,
    },
    data: {
      digits8: {},
      mnist: { hidden: 500, batch: 100, lr: 1e-3, steps: 6000 },
    },
    presets: {
      paper: large({
        ...{ hidden: 8000, layers: 2, order: 'agnostic', masks: 32, average: 32 },
        ...{ batch: 100, lr: 5e-4, steps: 300_000 },
      }),
    },
    sampling: ['temperature'],
    live: ['lr'],
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
      temperature,
    },
    data: {
      digits8: {},
      mnist: { hidden: 64, batch: 32, lr: 2e-3, steps: 3000 },
    },
    presets: { paper: large({ hidden: 500, batch: 50, lr: 1e-3, steps: 200_000 }) },
    sampling: ['temperature'],
    live: ['lr'],
    losses: { loss: 'nats/image' },
  },
  pixelcnn: {
    family: 'ar',
    title: 'PixelCNN',
    paper:
      'van den Oord, Kalchbrenner and Kavukcuoglu, Pixel Recurrent Neural Networks, 2016, arXiv 1601.06759',
    settings: {
      channels: whole('channels of features', 16, 1, 512),
      layers: whole('residual blocks with a mask of type B', 3, 0, 64),
      first: whole('side of the first filter, odd', 5, 3, 11),
      position: choice('biases that tell pixels where they are', 'none', 'learned'),
      output: choice('distribution of a pixel', 'bernoulli', 'softmax'),
      steps: whole('training steps', 800, 1, 1e7),
      batch: whole('images per step', 64, 1, 4096),
      lr: real('learning rate of Adam; it falls to zero in the second half', 3e-3, 0, 1),
      temperature,
    },
    data: {
      digits8: {},
      mnist: { layers: 5, first: 7, batch: 16, steps: 1000 },
    },
    presets: {
      paper: large({ channels: 128, layers: 15, first: 7, batch: 16, lr: 1e-3, steps: 200_000 }),
      near: bad(
        'With one masked filter of 3×3 a pixel sees four neighbours and not where it is: strokes go on for a ' +
          'while, no digit comes of them, and the loss stays above that of independent pixels.',
        { layers: 0, first: 3 },
      ),
    },
    sampling: ['temperature'],
    live: ['lr'],
    losses: { loss: 'nats/image' },
  },
  gated_pixelcnn: {
    family: 'ar',
    title: 'Gated PixelCNN',
    paper:
      'van den Oord et al., Conditional Image Generation with PixelCNN Decoders, 2016, arXiv 1606.05328',
    settings: {
      ...stacks,
      conditional: choice('what images are conditioned on', 'nothing', 'class'),
      output: choice('distribution of a pixel', 'bernoulli', 'softmax'),
      steps: whole('training steps', 800, 1, 1e7),
      batch: whole('images per step', 64, 1, 4096),
      lr: real('learning rate of Adam; it falls to zero in the second half', 3e-3, 0, 1),
      temperature,
    },
    data: {
      digits8: {},
      mnist: { layers: 5, first: 7, batch: 8, steps: 800 },
    },
    presets: {
      paper: large({
        channels: 384,
        layers: 20,
        first: 7,
        filter: 5,
        batch: 16,
        lr: 4e-4,
        steps: 200_000,
      }),
    },
    sampling: ['temperature'],
    live: ['lr'],
    losses: { loss: 'nats/image' },
  },
  pixelcnn_pp: {
    family: 'ar',
    title: 'PixelCNN++',
    paper:
      'Salimans, Karpathy, Chen and Kingma, PixelCNN++: Improving the PixelCNN with Discretized Logistic Mixture Likelihood and Other Modifications, 2017, arXiv 1701.05517',
    settings: {
      ...stacks,
      mixtures: whole('logistics that a pixel is a mixture of', 5, 1, 32),
      conditional: choice('what images are conditioned on', 'nothing', 'class'),
      steps: whole('training steps', 1000, 1, 1e7),
      batch: whole('images per step', 32, 1, 4096),
      lr: real('learning rate of Adam; it falls to zero in the second half', 3e-3, 0, 1),
      temperature,
    },
    data: {
      digits8: {},
      mnist: { layers: 5, first: 7, batch: 8, steps: 800 },
      emoji16: {},
    },
    presets: {
      paper: large({
        channels: 160,
        layers: 18,
        first: 7,
        mixtures: 10,
        batch: 16,
        lr: 1e-3,
        steps: 200_000,
      }),
    },
    sampling: ['temperature'],
    live: ['lr'],
    losses: { loss: 'nats/image' },
  },
} satisfies Record<string, ModelInfo>;
