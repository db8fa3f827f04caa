import {
  adam,
  grad,
  mean,
  neg,
  reshape,
  schedules,
  type Shape,
  sum,
  type Tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { type Autoregressive, drawn, inTurn } from './autoregressive.ts';
import { bernoulliPixel, type Pixel, softmaxPixel } from './pixels.ts';
import { runStacks, type StacksConfig, stacks, walkStacks } from './stacks.ts';

/**
 * Gated PixelCNN. A. van den Oord, N. Kalchbrenner, O. Vinyals, L. Espeholt, A. Graves and
 * K. Kavukcuoglu, Conditional Image Generation with PixelCNN Decoders, 2016, arXiv 1606.05328.
 *
 *   p(x|c) = Π_i p(x_i | x_1, ..., x_(i−1), c)                                            eq. (3)
 *   y = tanh(W_f ∗ x + V_f c) ⊙ σ(W_g ∗ x + V_g c)                               eqs. (2) and (4)
 *
 * A vertical stack of convolutions sees all rows above a pixel, a horizontal one the pixels to its
 * left and the vertical stack (figure 2, `stacks.ts`): nothing that comes before is hidden. With
 * `conditional` 'class', c is one of the classes of the data. `step` minimises −log p(x|c).
 */
export type GatedPixelCnn = Autoregressive;

/**
 * A gated PixelCNN of grey images [H, W, 1] with values 0..1 in steps of 1 / `white`, or 0 and 1,
 * conditioned on one of `classes` if there are any.
 */
export function gatedPixelcnn(
  config: Config<'gated_pixelcnn'>,
  [height, width]: Shape,
  white: number,
  classes: number,
): GatedPixelCnn {
  const pixel = config.output === 'bernoulli' ? bernoulliPixel : softmaxPixel(white);
  return ofStacks(config, pixel, [height, width], classes);
}

/** The model of images of `pixel`s [H, W, C] that the two stacks make, conditioned on `classes` if any. */
export function ofStacks(
  config: StacksConfig & { lr: number; steps: number; batch: number; temperature: number },
  pixel: Pixel,
  [height, width]: Shape,
  classes: number,
): Autoregressive {
  const network = stacks(config, pixel, classes);
  const optimiser = adam(network);

  const logLikelihood = (x: Tensor, c: Tensor | null = null) =>
    sum(pixel.logLikelihood(runStacks(network, x, c), x), [1, 2]); // eq. (3)

  const walk = (n: number, named = inTurn(n, classes)) =>
    walkStacks(network, [n, height, width, pixel.colours], named);

  return {
    variables: { ...network },
    optimisers: { optimiser },
    rows: config.batch,
    pixel,
    numbers: (x, c = null) => reshape(runStacks(network, x, c), [-1, height * width, pixel.size]),
    logLikelihood,

    step(x, i, c = null) {
      const loss = neg(mean(logLikelihood(x, c)));
      const gradients = grad(loss, optimiser.variables);
      optimiser.update(gradients, { lr: config.lr * schedules.linearTail(i, config.steps) });
      return { loss };
    },

    walk,
    sampler: (n, options = {}) =>
      drawn(walk(n, options.classes), pixel, n, { temperature: config.temperature, ...options }),
  };
}

// Beside the paper: images are grey, so that colours need no order, and binary ones have one logit; the
// first layer's filters may be wider than the others'; Adam instead of RMSProp.
