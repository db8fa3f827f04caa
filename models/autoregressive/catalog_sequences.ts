import { bad, large, type ModelInfo, real, whole } from '../settings.ts';

const grown = 'A language model of some size: hours on a GPU.';

/** How samples are chosen from logits. */
const choosing = {
  temperature: real('of samples: less is likelier, 0 is always the likeliest', 1, 0, 10),
  topK: whole('symbols that samples choose among, the likeliest; 0: all', 0, 0, 65536),
  topP: real('probability of the nucleus that samples choose in; 1: all', 1, 0.001, 1),
};

/** The autoregressive models of sequences that can be trained. */
export const sequenceCatalog = {
  gru: {
    family: 'ar',
    title: 'GRU language model',
    paper:
      'Cho et al., Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation, 2014, arXiv 1406.1078',
    settings: {
      embedding: whole('dimensions of a symbol', 16, 1, 4096),
      hidden: whole('units of the state', 64, 1, 4096),
      length: whole('symbols of a window of a long text', 64, 2, 4096),
      steps: whole('training steps', 1500, 1, 1e7),
      batch: whole('sequences per step', 64, 1, 4096),
      lr: real('learning rate of Adam; it falls to 2 % in the second half', 5e-3, 0, 1),
      ...choosing,
    },
    data: {
      names: {},
      text27: { embedding: 32, hidden: 128, steps: 3000, batch: 32, lr: 3e-3 },
    },
    presets: {
      large: large(
        {
          ...{ embedding: 128, hidden: 1024, length: 128 },
          ...{ batch: 64, lr: 1e-3, steps: 50_000 },
        },
        grown,
      ),
    },
    sampling: Object.keys(choosing),
    live: ['lr'],
    losses: { loss: 'nats/symbol' },
  },
  transformer: {
    family: 'ar',
    title: 'Transformer',
    paper: 'Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762',
    settings: {
      width: whole('dimensions of a symbol', 48, 1, 8192),
      layers: whole('layers of attention and MLP', 2, 1, 128),
      heads: whole('heads of attention; they divide the width', 4, 1, 128),
      length: whole('symbols of a window of a long text', 64, 2, 4096),
      steps: whole('training steps', 1500, 1, 1e7),
      batch: whole('sequences per step', 64, 1, 4096),
      lr: real('learning rate of Adam; it falls to 2 % in the second half', 3e-3, 0, 1),
      ...choosing,
    },
    data: {
      names: {},
      text27: { width: 64, steps: 3000, batch: 16 },
    },
    presets: {
      large: large(
        {
          ...{ width: 512, layers: 12, heads: 8, length: 256 },
          ...{ batch: 16, lr: 3e-4, steps: 200_000 },
        },
        grown,
      ),
      fast: bad(
        'At a hundred times the learning rate the first updates saturate attention, and the model ' +
          'learns little more than how often each letter comes.',
        { lr: 0.3 },
      ),
    },
    sampling: Object.keys(choosing),
    live: ['lr'],
    losses: { loss: 'nats/symbol' },
  },
  wavenet: {
    family: 'ar',
    title: 'WaveNet',
    paper: 'van den Oord et al., WaveNet: A Generative Model for Raw Audio, 2016, arXiv 1609.03499',
    settings: {
      channels: whole('channels of a layer', 16, 1, 1024),
      skips: whole('channels of the skips', 32, 1, 4096),
      layers: whole('layers of a block, dilated by 1, 2, 4, ...', 8, 1, 14),
      blocks: whole('blocks', 1, 1, 16),
      length: whole('samples of a window', 512, 2, 65536),
      drawn: whole('samples of a recording that is drawn', 2000, 1, 1e6),
      steps: whole('training steps', 600, 1, 1e7),
      batch: whole('windows per step', 4, 1, 1024),
      warm: whole('updates until the learning rate is full', 50, 1, 1e6),
      lr: real('learning rate of Adam; it falls to 2 % in the second half', 3e-3, 0, 1),
      ...choosing,
    },
    data: {
      speech8k: {},
      drums8k: { steps: 1500 },
    },
    presets: {
      paper: large({
        ...{ channels: 64, skips: 256, layers: 10, blocks: 3, length: 8000 },
        ...{ batch: 4, lr: 1e-3, steps: 400_000 },
      }),
    },
    sampling: [...Object.keys(choosing), 'drawn'],
    live: ['lr', 'warm'],
    losses: { loss: 'nats/sample' },
  },
} satisfies Record<string, ModelInfo>;
