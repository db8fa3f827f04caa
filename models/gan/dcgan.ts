import { EightfoldError } from '../../engine/errors.ts';
import {
  add,
  conv2d,
  convTranspose2d,
  leakyRelu,
  mul,
  neg,
  nn,
  normal,
  relu,
  reshape,
  type Shape,
  sub,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';
import { inTurn } from '../autoregressive/autoregressive.ts';
import type { Config } from '../catalog.ts';
import { adversarial, type Gan, type Generator, type Losses, type Pass } from './adversarial.ts';
import { batchNorm, batchNormInit, statisticsInit } from './batch_norm.ts';
import { losses } from './losses.ts';
import { between, oneCentred } from './penalties.ts';
import { projected } from './projection.ts';
import { spectral } from './spectral_norm.ts';

/**
 * Deep convolutional GAN. A. Radford, L. Metz and S. Chintala, Unsupervised Representation Learning with
 * Deep Convolutional Generative Adversarial Networks, 2015, arXiv 1511.06434.
 *
 *   G: z → [h, w, C] by a product, then 4×4 transposed convolutions that double the image and halve its
 *      channels; batch norm and relu after each but the last, which ends in tanh: pixels −1..1
 *   D: 4×4 convolutions of stride 2 the other way, leaky relu of slope 0.2, then one score of all features
 *
 * `loss` is what they play: 'nonsaturating' as in the paper, 'hinge', or 'wgan_gp' with the penalty of
 * eq. (3) of arXiv 1704.00028. `norm` is what holds the critic: 'batch' as in the paper, all its layers but
 * the first; 'spectral' (arXiv 1802.05957), every weight; 'layer' (over all pixels and channels of an
 * image), as the penalty is of each image by itself.
 *
 * Where `conditional` is 'class', G has scale and shift of each class in its batch norms, and D a projection
 * (`projection.ts`); samples are of each class in turn.
 */
export function dcgan(config: Config<'dcgan'>, shape: Shape, classCount: number): Gan {
  if (config.loss === 'wgan_gp' && config.norm === 'batch') {
    throw new EightfoldError(
      'argument',
      "dcgan: loss wgan_gp penalises each image by itself, norm batch mixes them. Use '--norm layer'.",
    );
  }
  const classes = config.conditional === 'class' ? classCount : 0;
  const levels = levelsOf(shape, config.levels);
  const widths = Array.from({ length: levels }, (_, l) => config.channels * 2 ** l);
  const generator = convGenerator(config.noise, shape, widths, classes);
  const images = convCritic(config.norm, shape, widths, classes);
  const critic = { ...images, score: (x: Tensor, pass?: Pass) => images.score(signed(x), pass) };
  const loss = losses[config.loss === 'wgan_gp' ? 'wasserstein' : config.loss];

  return adversarial(config, shape, {
    generator,
    critic,
    betas: config.loss === 'wgan_gp' ? [0, 0.9] : [0.5, 0.999],
    state: [generator.state, critic.state],
    afterCritic: critic.iterate,
    criticLoss(x, fake, classes): Losses {
      const pass = { classes, training: true };
      const told = loss.critic(critic.score(x, pass), critic.score(fake, pass));
      if (config.loss !== 'wgan_gp') return { loss: told };
      const points = between(signed(x), signed(fake));
      const steep = oneCentred((p) => images.score(p, pass), points);
      const total = add(told, mul(steep, config.penalty));
      return { loss: total, critic: neg(told), penalty: steep };
    },
    generatorLoss: (fake, classes) =>
      loss.generator(critic.score(fake, { classes, training: true })),
    ...(classes > 0 && { classesOf: (n: number) => tensor(inTurn(n, classes)) }),
  });
}

/** How often the sides of images can be halved, leaving two pixels; at most `most`. */
function levelsOf([height, width]: Shape, most: number): number {
  const can = (l: number) => [height, width].every((n) => n % 2 ** l === 0 && n >> l > 1);
  let levels = 0;
  while (levels < most && can(levels + 1)) levels++;
  if (levels > 0) return levels;
  throw new EightfoldError(
    'argument',
    `dcgan: expected images with sides that can be halved, got ${height}×${width}. Use others.`,
  );
}

/** Pixels 0..1 as −1..1. */
const signed = (x: Tensor) => sub(mul(x, 2), 1);
const doubling = { stride: 2, padding: 1 };

/** N(0, 0.02²), as in the paper. */
const narrow = (shape: Shape, name = 'weight') =>
  variable(mul(normal(shape), 0.02), undefined, { name });

const linearInit = (inputs: number, outputs: number) => ({
  weight: narrow([inputs, outputs]),
  bias: nn.filled(0, [outputs], 'bias'),
});

/** z → images of a shape with values 0..1, with `widths` channels from the widest image to the smallest. */
function convGenerator(noise: number, shape: Shape, widths: readonly number[], classes: number) {
  const [h, w] = smallest(shape, widths);
  const inward = [...widths].reverse(); // channels before each convolution
  const outward = [...inward.slice(1), shape[2]];
  const weights = {
    first: linearInit(noise, h * w * inward[0]),
    norms: inward.map((c) => batchNormInit(c, classes || 1)),
    filters: inward.map((c, l) => narrow([4, 4, outward[l], c])),
    bias: nn.filled(0, [shape[2]], 'bias'),
  };
  const state = inward.map(statisticsInit);
  const run: Generator<typeof weights>['run'] = ({ first, norms, filters, bias }, z, pass = {}) => {
    let x = reshape(nn.linear(first, z), [-1, h, w, inward[0]]);
    for (const [l, filter] of filters.entries()) {
      x = convTranspose2d(relu(batchNorm(norms[l], state[l], x, pass)), filter, doubling);
    }
    return mul(add(tanh(add(x, bias)), 1), 0.5);
  };
  return { weights, state, run };
}

/** Images with values −1..1 → scores [B, 1]. */
function convCritic(
  norm: Config<'dcgan'>['norm'],
  shape: Shape,
  widths: readonly number[],
  classes: number,
) {
  const [h, w] = smallest(shape, widths);
  const features = h * w * (widths.at(-1) as number);
  const inner = norm === 'spectral' ? [] : widths.slice(1);
  const weights = {
    convs: widths.map((c, l) => ({
      weight: narrow([4, 4, l ? widths[l - 1] : shape[2], c]),
      bias: nn.filled(0, [c], 'bias'),
    })),
    norms: inner.map((c) => (norm === 'batch' ? batchNormInit(c) : nn.groupNorm.init(c))),
    last: linearInit(features, 1),
    ...(classes > 0 && { projection: narrow([classes, features]) }),
  };
  const statistics = norm === 'batch' ? inner.map(statisticsInit) : [];
  const all = [...weights.convs, weights.last].map(({ weight }) => weight);
  const bound =
    norm === 'spectral'
      ? spectral([...all, ...(weights.projection ? [weights.projection] : [])])
      : null;
  const held = (weight: Variable) => bound?.of(weight) ?? weight;

  const inside = (x: Tensor, l: number, { training }: Pass) => {
    if (norm === 'batch') return batchNorm(weights.norms[l], statistics[l], x, { training });
    return norm === 'layer' ? nn.groupNorm(weights.norms[l], x, 1) : x;
  };
  const score = (x: Tensor, pass: Pass = {}) => {
    let h = x;
    for (const [l, { weight, bias }] of weights.convs.entries()) {
      const y = add(conv2d(h, held(weight), doubling), bias);
      h = leakyRelu(l ? inside(y, l - 1, pass) : y, 0.2);
    }
    const phi = reshape(h, [-1, features]);
    const psi = nn.linear({ ...weights.last, weight: held(weights.last.weight) }, phi);
    if (!weights.projection || !pass.classes) return psi;
    return add(psi, projected(held(weights.projection), phi, pass.classes));
  };
  return { weights, state: [statistics, bound?.state ?? []], score, iterate: bound?.iterate };
}

/** Sides of the image after all halvings. */
const smallest = ([height, width]: Shape, { length }: readonly number[]) =>
  [height >> length, width >> length] as const;

// Beside the paper: filters of 4×4 instead of 5×5, and as many levels as the images have room for; z ~ N(0, I)
// instead of U[−1, 1]; a learning rate that falls to zero in the second half; and samples from a running
// average of the generator. The other losses and norms of the critic and the classes are of later papers.
