import type { Problem } from './types.ts';

export interface Case {
  name: string;
  problem: Problem;
  /** Rough seconds it takes with all contestants, for the ETA. */
  cost: number;
}

const square = (n: number, cost: number): Case => ({
  name: `matmul ${n}`,
  problem: { kind: 'matmul', m: n, n, k: n },
  cost,
});

const products: Case[] = [
  square(128, 8),
  square(256, 9),
  square(512, 15),
  square(1024, 60),
  { name: 'matmul 64x784x256', problem: { kind: 'matmul', m: 64, n: 256, k: 784 }, cost: 9 },
  { name: 'matmul 4096x64x64', problem: { kind: 'matmul', m: 4096, n: 64, k: 64 }, cost: 10 },
  {
    name: 'matmul 32 of 64x64x64',
    problem: { kind: 'matmul', m: 64, n: 64, k: 64, batch: 32 },
    cost: 9,
  },
];

function convolution(side: number, cin: number, cout: number, backward: boolean, cost: number) {
  const sizes = { batch: 8, height: side, width: side, cin, cout, size: 3 };
  const name = `conv2d 3x3 8x${side}x${side} ${cin}-${cout}${backward ? ' fwd+bwd' : ''}`;
  return { name, problem: { kind: 'conv', ...sizes, backward }, cost } satisfies Case;
}

const convolutions: Case[] = [
  convolution(28, 32, 64, false, 20),
  convolution(28, 32, 64, true, 50),
  convolution(14, 64, 64, false, 15),
  convolution(14, 64, 64, true, 30),
];

/** Layers of a PixelCNN: within it, the first of one channel, and one with ordered colours. */
const masks = [
  { size: 5, type: 'A', cin: 32, cout: 64, colours: 1 },
  { size: 5, type: 'B', cin: 32, cout: 64, colours: 1 },
  { size: 7, type: 'A', cin: 32, cout: 64, colours: 1 },
  { size: 7, type: 'B', cin: 32, cout: 64, colours: 1 },
  { size: 7, type: 'A', cin: 1, cout: 64, colours: 1 },
  { size: 5, type: 'B', cin: 48, cout: 48, colours: 3 },
] as const;

const masked = masks.flatMap((mask) =>
  [false, true].map((backward): Case => {
    const { size, type, cin, cout, colours } = mask;
    const name = `masked ${type} ${size}x${size} 8x28x28 ${cin}-${cout}`;
    const problem = { kind: 'masked', batch: 8, height: 28, width: 28, ...mask, backward } as const;
    const what = `${colours > 1 ? ' rgb' : ''}${backward ? ' fwd+bwd' : ''}`;
    return { name: `${name}${what}`, problem, cost: backward ? 35 : 15 };
  }),
);

/** The first layer of a MADE of MNIST. */
const maskedLayers = [false, true].map(
  (backward): Case => ({
    name: `masked layer 64x784x512${backward ? ' fwd+bwd' : ''}`,
    problem: { kind: 'maskedLayer', m: 64, n: 512, k: 784, backward },
    cost: backward ? 15 : 10,
  }),
);

const axes = ['full', 0, 1] as const;
const folds = ['sum', 'mean', 'max'] as const;

const lines: Case[] = [
  { name: 'softmax 1024x1024', problem: { kind: 'softmax', rows: 1024, n: 1024 }, cost: 12 },
  { name: 'layerNorm 1024x512', problem: { kind: 'layerNorm', rows: 1024, n: 512 }, cost: 12 },
  ...folds.flatMap((fold) =>
    axes.map((axis): Case => {
      const name = `${fold} 2048x2048 ${axis === 'full' ? axis : `axis ${axis}`}`;
      const problem: Problem = { kind: 'reduce', fold, rows: 2048, columns: 2048, axis };
      return { name, problem, cost: axis === 0 ? 40 : 12 };
    }),
  ),
];

const FOUR_MILLION = 2 ** 22;
const names = ['x·y+z', 'gelu', 'tanh'] as const;
const pointwise = names.map(
  (name): Case => ({
    name: `pointwise ${name} 4M`,
    problem: { kind: 'pointwise', name, n: FOUR_MILLION },
    cost: 15,
  }),
);

const attention = [false, true].map(
  (backward): Case => ({
    name: `attention 4x4x256x32 causal${backward ? ' fwd+bwd' : ''}`,
    problem: { kind: 'attention', batch: 4, heads: 4, steps: 256, depth: 32, backward },
    cost: backward ? 50 : 25,
  }),
);

/** A gated PixelCNN of MNIST, as `npm run train -- gated_pixelcnn --data mnist` has it. */
const gatedPixelcnn = { side: 28, channels: 16, layers: 5, first: 7, filter: 3 } as const;

const training: Case[] = [
  {
    name: 'train mlp 2-128-128-2 mse',
    problem: { kind: 'mlp', widths: [2, 128, 128, 2], batch: 256, loss: 'mse' },
    cost: 15,
  },
  {
    name: 'train mlp 784-512-512-784 bce',
    problem: { kind: 'mlp', widths: [784, 512, 512, 784], batch: 64, loss: 'bce' },
    cost: 35,
  },
  {
    name: 'train cnn 1-32-64-64-10',
    problem: { kind: 'cnn', batch: 64, size: 28, channels: [32, 64, 64], classes: 10 },
    cost: 240,
  },
  {
    name: 'train transformer d64 2 layers',
    problem: {
      kind: 'transformer',
      ...{ vocab: 64, classes: 64, width: 64, layers: 2, heads: 4, hidden: 256 },
      ...{ steps: 64, batch: 16 },
    },
    cost: 100,
  },
  {
    name: 'train transformer names',
    problem: {
      kind: 'transformer',
      ...{ vocab: 28, classes: 27, width: 48, layers: 2, heads: 4, hidden: 192 },
      ...{ steps: 13, batch: 64 },
    },
    cost: 100,
  },
  {
    name: 'train gated pixelcnn 28x28',
    problem: { kind: 'gated', ...gatedPixelcnn, outputs: 1, batch: 8 },
    cost: 200,
  },
  {
    name: 'train unet ddpm 28x28',
    problem: { kind: 'unet', side: 28, channels: 16, heads: 1, groups: 8, batch: 8 },
    cost: 200,
  },
  {
    name: 'train wgan-gp 2-128-128',
    problem: { kind: 'wganGp', noise: 2, hidden: 128, batch: 128 },
    cost: 30,
  },
];

/** Sampling as it is done, beside the same without anything kept from sample to sample. */
const generation: Case[] = [
  {
    name: 'generate transformer T=256',
    problem: {
      kind: 'generateText',
      ...{ vocab: 28, classes: 27, width: 64, layers: 2, heads: 4, hidden: 256, steps: 256 },
    },
    cost: 200,
  },
  {
    name: 'generate wavenet, the last 4 samples of 1 s at 8 kHz',
    problem: {
      kind: 'generateAudio',
      ...{ levels: 256, channels: 16, skips: 32, layers: 8, context: 8000, count: 4 },
    },
    cost: 120,
  },
  {
    name: 'generate pixelcnn 28x28, a row',
    problem: { kind: 'generateImage', ...gatedPixelcnn, outputs: 4, row: 14 },
    cost: 60,
  },
];

/** A sample of a model beside the data. */
const samples: Case[] = [
  {
    name: 'precision and recall 2000x64',
    problem: { kind: 'coverage', n: 2000, size: 64, k: 3 },
    cost: 60,
  },
  {
    name: 'precision and recall 5000x64',
    problem: { kind: 'coverage', n: 5000, size: 64, k: 3 },
    cost: 240,
  },
  {
    name: 'fréchet 10000x256',
    problem: { kind: 'frechet', n: 10_000, size: 256 },
    cost: 60,
  },
];

const determinants: Case[] = [
  { name: 'logDet 64 of 32x32 fwd+bwd', problem: { kind: 'logDet', batch: 64, n: 32 }, cost: 12 },
  { name: 'logDet 256x256 fwd+bwd', problem: { kind: 'logDet', batch: 1, n: 256 }, cost: 20 },
];

/** Where a peer is known to be wrong: its row says so, and it is not timed. */
const hard: Case[] = [
  {
    name: 'convTranspose 4x4 s2 1x6x6 2-3',
    problem: {
      kind: 'convTranspose',
      ...{ batch: 1, side: 6, cin: 2, cout: 3, size: 4, stride: 2 },
    },
    cost: 5,
  },
  {
    name: 'penalty of tanh 16-64-1',
    problem: { kind: 'penalty', batch: 32, inputs: 16, hidden: 64 },
    cost: 6,
  },
];

/** What moves numbers more than it computes. */
const moves: Case[] = [
  ...[1, 64].map(
    (dilation): Case => ({
      name: `conv1d causal 8x1024 64-64 dilation ${dilation}`,
      problem: {
        kind: 'conv1d',
        ...{ batch: 8, steps: 1024, cin: 64, cout: 64, size: 2, dilation },
      },
      cost: 10,
    }),
  ),
  { name: 'cumsum 1024x1024', problem: { kind: 'cumsum', rows: 1024, n: 1024 }, cost: 15 },
  { name: 'cumsum 1x1M', problem: { kind: 'cumsum', rows: 1, n: 2 ** 20 }, cost: 15 },
  ...[false, true].map(
    (back): Case => ({
      name: `${back ? 'scatterAdd' : 'gather'} 16384 of 1024x64`,
      problem: { kind: 'lookup', entries: 1024, width: 64, count: 16384, back },
      cost: 10,
    }),
  ),
  {
    name: 'transpose 2048x2048',
    problem: { kind: 'transpose', rows: 2048, columns: 2048 },
    cost: 10,
  },
  ...(['max', 'avg'] as const).map(
    (name): Case => ({
      name: `${name}Pool 2x2 32x28x28x64`,
      problem: { kind: 'pool', name, batch: 32, side: 28, channels: 64 },
      cost: 10,
    }),
  ),
];

const host: Case[] = [
  { name: 'js 500 pointwise ops', problem: { kind: 'host', ops: 500, mix: 'pointwise' }, cost: 4 },
  { name: 'js 500 mixed ops', problem: { kind: 'host', ops: 500, mix: 'mixed' }, cost: 4 },
];

/** Every case of the bench, in the order they run. */
export const cases: Case[] = [
  ...products,
  ...convolutions,
  ...masked,
  ...maskedLayers,
  ...lines,
  ...pointwise,
  ...attention,
  ...training,
  ...generation,
  ...samples,
  ...determinants,
  ...moves,
  ...hard,
  ...host,
];
