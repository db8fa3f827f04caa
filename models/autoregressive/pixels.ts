import {
  type Arg,
  bceWithLogits,
  bernoulli,
  cast,
  concat,
  crossEntropy,
  mul,
  neg,
  reshape,
  round,
  sigmoid,
  softmax,
  type Tensor,
} from '../../engine/index.ts';
import { choose } from './sampling.ts';

/** The distribution of a pixel of C colours with values 0..1, made of K numbers. */
export interface Pixel {
  /** K. */
  readonly size: number;
  /** C. */
  readonly colours: number;
  /** Values that a colour can have, 0..1 in equal steps. */
  readonly levels: number;
  /** log p of pixels x [..., C] by numbers [..., K]: [...], nats. */
  logLikelihood(numbers: Tensor, x: Tensor): Tensor;
  /** Draws from numbers [n, K], whose logits are divided by the temperature: [n, C]. */
  draw(numbers: Tensor, temperature: number): Tensor;
  /**
   * The probabilities of all levels of a colour, [n, levels], by numbers [n, K], given the colours
   * before it in x [n, C].
   */
  probabilities(numbers: Tensor, x: Arg, colour: number): Tensor;
}

/** One logit: a pixel is 0 or 1. */
export const bernoulliPixel: Pixel = {
  size: 1,
  colours: 1,
  levels: 2,
  logLikelihood: (logits, x) => reshape(neg(bceWithLogits(logits, x)), x.shape.slice(0, -1)),
  draw: (logits, temperature) => bernoulli(sigmoid(mul(logits, 1 / temperature))),
  probabilities: (logits) => concat([sigmoid(neg(logits)), sigmoid(logits)], 1),
};

/** A logit for each grey level, as PixelRNN has them (arXiv 1601.06759, section 3.3). */
export const softmaxPixel = (white: number): Pixel => ({
  size: white + 1,
  colours: 1,
  levels: white + 1,
  logLikelihood(logits, x) {
    const level = cast(round(mul(x, white)), 'u32');
    return neg(crossEntropy(logits, reshape(level, x.shape.slice(0, -1))));
  },
  draw(logits, temperature) {
    const level = cast(choose(logits, { temperature }), 'f32');
    return reshape(mul(level, 1 / white), [-1, 1]);
  },
  probabilities: (logits) => softmax(logits),
});
