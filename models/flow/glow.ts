import {
  add,
  batchStatistics,
  exp,
  log,
  mul,
  neg,
  nn,
  permute,
  relu,
  reshape,
  type Shape,
  split,
  sqrt,
  sub,
  sum,
  type Tensor,
  tanh,
  type Variable,
} from '../../engine/index.ts';
import { demand } from '../../engine/errors.ts';
import type { Config } from '../catalog.ts';
import { over } from '../settings.ts';
import { zeroConv } from './conditioner.ts';
import { affine, type Conditioner, couplings, halves, standardise } from './couplings.ts';
import { type ImageFlow, imageFlow } from './likelihood.ts';
import { directMixing, invertible1x1, luMixing } from './mixing.ts';
import {
  chain,
  each,
  type Elementwise,
  type Level,
  pyramid,
  type Transform,
  unchanged,
} from './transform.ts';

/**
 * Glow. D. P. Kingma and P. Dhariwal, Glow: Generative Flow with Invertible 1×1 Convolutions, 2018, arXiv
 * 1807.03039. A step of flow (table 1), K of them in each of L levels:
 *
 *   actnorm           y = s ⊙ (x + b),        log |det| = H W Σ ln |s|               section 3.1
 *   1×1 convolution   y = W x at each pixel,  log |det| = H W ln |det W|             section 3.2, eq. (9)
 *     or by LU        W = P L (U + diag(s)),  log |det| = H W Σ ln |s|               eq. (10), (11)
 *   affine coupling   y₁ = x₁,  y₂ = x₂ ⊙ exp(s(x₁)) + t(x₁),  log |det| = Σ s       section 3.3
 *
 * Each level begins with a squeeze, 2×2 pixels to 4 channels, and ends with a split: half of the channels
 * leave, with a prior N(μ, σ²) that a convolution of the other half gives. The first step of training only
 * sets b and s, so that the activations of its batch have mean 0 and variance 1 in each channel.
 */
export function glow(config: Config<'glow'>, shape: Shape, white: number): ImageFlow {
  const parts = levelShapes(shape, config.levels).map((level, i, all) => {
    const mixing = config.mixing === 'lu' ? luMixing : directMixing;
    const steps = Array.from({ length: config.depth }, (_, k) => ({
      actnorm: actnorm.init(level[2]),
      mixing: mixing(level[2], i * config.depth + k),
      network: networkInit(level[2] / 2, config.hidden, level[2]),
    }));
    return { shape: level, steps, prior: i < all.length - 1 ? splitPrior(level) : topPrior(level) };
  });
  type Part = (typeof parts)[number];

  const levelOf =
    (normalise: Normalise) =>
    ({ shape, steps, prior }: Part): Level => ({
      shape,
      prior: prior.of,
      flow: chain(
        squeeze,
        ...steps.map((step) =>
          chain(
            normalise(step.actnorm),
            invertible1x1(step.mixing),
            couplings(halves, [networkCoupling(step.network)]),
          ),
        ),
      ),
    });
  const flow = (normalise: Normalise) =>
    chain(each(centred), pyramid(parts.map(levelOf(normalise))));

  const fixed = parts.map(({ steps }) => steps.map(({ mixing }) => mixing.fixed));
  const trained = parts.map(({ steps, prior }) => ({
    steps: steps.map((step) => ({ ...step, mixing: step.mixing.trained })),
    prior: prior.variables,
  }));
  return imageFlow(
    { transform: flow(actnorm) },
    over(config, { shape, white, trained, fixed, first: { transform: flow(initialised) } }),
  );
}

/** Height, width and channels of each level: as many as halve both sides, but no more than `most`. */
function levelShapes([height, width, channels]: Shape, most: number): Shape[] {
  const shapes: Shape[] = [];
  let [h, w, c] = [height, width, channels];
  while (shapes.length < most && h % 2 === 0 && w % 2 === 0) {
    [h, w, c] = [h / 2, w / 2, 4 * c];
    shapes.push([h, w, c]);
    c /= 2; // the others leave
  }
  demand(
    shapes.length > 0,
    () => `glow: images of ${height}×${width}, expected even sides. Choose other --data.`,
  );
  return shapes;
}

/** Per-channel shift and logarithm of the scale, [C] each. */
export interface ActNorm {
  readonly bias: Variable | Tensor;
  readonly logScale: Variable | Tensor;
}

/** (x + b) ⊙ exp(log s) in each channel of [B, H, W, C]. */
export function actnorm({ bias, logScale }: ActNorm): Transform {
  const logAbsDet = ({ shape: [, height, width] }: Tensor) => mul(sum(logScale), height * width);
  return {
    forward: (x) => [mul(add(x, bias), exp(logScale)), logAbsDet(x)],
    inverse: (y) => [sub(mul(y, exp(neg(logScale))), bias), neg(logAbsDet(y))],
  };
}

actnorm.init = (channels: number) => ({
  bias: nn.filled(0, [channels], 'actnorm b'),
  logScale: nn.filled(0, [channels], 'actnorm log s'),
});

type Variables = ReturnType<typeof actnorm.init>;
/** actnorm, or what stands in for it in the first step. */
export type Normalise = (variables: Variables) => Transform;

/** actnorm that sets its variables so that what it gives of x has mean 0 and variance 1. */
export function initialised(variables: Variables): Transform {
  const { forward, inverse } = actnorm(variables);
  return {
    forward(x) {
      const { mean, variance } = batchStatistics(x);
      variables.bias.assign(neg(mean));
      variables.logScale.assign(neg(log(add(sqrt(variance), 1e-6))));
      return forward(x);
    },
    inverse,
  };
}

/** 2×2 pixels of a channel to 4 channels of a pixel: [B, H, W, C] → [B, H/2, W/2, 4C]. */
export const squeeze: Transform = {
  forward(x) {
    const [, h, w, c] = x.shape;
    const cells = reshape(x, [-1, h / 2, 2, w / 2, 2, c]);
    const packed = permute(cells, [0, 1, 3, 5, 2, 4]);
    return [reshape(packed, [-1, h / 2, w / 2, 4 * c]), unchanged()];
  },
  inverse(y) {
    const [, h, w, c] = y.shape;
    const packed = reshape(y, [-1, h, w, c / 4, 2, 2]);
    const cells = permute(packed, [0, 1, 4, 2, 5, 3]);
    return [reshape(cells, [-1, 2 * h, 2 * w, c / 4]), unchanged()];
  },
};

type Network = readonly [nn.Conv, nn.Conv, nn.Conv];

/** Convolutions of 3×3, 1×1 and 3×3; the last gives zeros at first, so the coupling is the identity. */
const networkInit = (inputs: number, hidden: number, outputs: number): Network => [
  nn.conv.init(3, inputs, hidden),
  nn.conv.init(1, hidden, hidden),
  zeroConv(hidden, outputs),
];

const networkCoupling =
  ([first, second, third]: Network): Conditioner =>
  (x1) => {
    const h = relu(nn.conv(second, relu(nn.conv(first, x1, { padding: 1 }))));
    const [t, s] = split(nn.conv(third, h, { padding: 1 }), 2, -1);
    return affine({ shift: t, logScale: mul(tanh(s), 1.5) });
  };

/** N(μ, σ²) of the half that leaves, from a convolution of the half that stays. */
function splitPrior([, , channels]: Shape) {
  const conv = zeroConv(channels / 2, channels);
  const of = (stays: Tensor) => {
    const [mean, logStd] = split(nn.conv(conv, stays, { padding: 1 }), 2, -1);
    return standardise({ mean, logStd });
  };
  return { variables: conv, of };
}

/** N(μ, σ²) of what is left at the end, learned at each place. */
function topPrior(shape: Shape) {
  const variables = {
    mean: nn.filled(0, shape, 'prior mean'),
    logStd: nn.filled(0, shape, 'prior log std'),
  };
  return { variables, of: () => standardise(variables) };
}

/** Values of [0, 1] around 0. */
const centred: Elementwise = {
  forward: (x) => [sub(x, 0.5), 0],
  inverse: (y) => [add(y, 0.5), 0],
};

// Beside the paper: log s is bounded by 1.5 tanh where the paper has sigmoid(s + 2) for the scale; the
// last convolution has no scale of its own; the prior of the last level is learned at each place.
