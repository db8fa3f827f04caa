import {
  bceWithLogits,
  discretizedLogisticLogLikelihood,
  exp,
  mul,
  neg,
  nn,
  reshape,
  sigmoid,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';

/** How pixels are distributed around what a decoder says. */
export interface Pixels {
  variables: Tree;
  /** Values that a pixel can have, 0..1 in equal steps. */
  levels: number;
  /** log p(x|z) of images x [B, H, W, C] for logits [.., B, H, W, C]: [.., B], nats. */
  logLikelihood(x: Tensor, logits: Tensor): Tensor;
  /** Mean pixels, 0..1. */
  mean(logits: Tensor): Tensor;
  /** The probabilities of all levels of each pixel: [.., B, H, W, C, levels]. */
  probabilities(logits: Tensor): Tensor;
}

/** Pixels by the name of their distribution, grey or coloured ones in steps of 1 / `white`. */
export const pixelsOf = (decoder: 'bernoulli' | 'logistic', white: number): Pixels =>
  decoder === 'logistic' ? logisticPixels(white) : bernoulliPixels();

const IMAGE = [-3, -2, -1];

/** Binary pixels (Kingma and Welling 2013, arXiv 1312.6114, appendix C.1). */
export const bernoulliPixels = (): Pixels => ({
  variables: {},
  levels: 2,
  logLikelihood: (x, logits) => neg(sum(bceWithLogits(logits, x), IMAGE)),
  mean: sigmoid,
  probabilities: (logits) => stack([sigmoid(neg(logits)), sigmoid(logits)], -1),
});

/**
 * Grey or coloured pixels in steps of 1 / `white`: a discretized logistic with one learned scale
 * (Kingma et al. 2016, arXiv 1606.04934, appendix).
 */
export function logisticPixels(white: number): Pixels {
  const logScale = nn.filled(-2, [1], 'log scale');
  const levels = white + 1;
  return {
    variables: { logScale },
    levels,
    logLikelihood(x, logits) {
      const mean = signed(sigmoid(logits));
      return sum(discretizedLogisticLogLikelihood(signed(x), mean, logScale, { levels }), IMAGE);
    },
    mean: sigmoid,
    probabilities(logits) {
      const mean = signed(reshape(sigmoid(logits), [...logits.shape, 1]));
      const all = tensor(Float32Array.from({ length: levels }, (_, k) => (2 * k) / white - 1));
      return exp(discretizedLogisticLogLikelihood(all, mean, logScale, { levels }));
    },
  };
}

/** Values 0..1 as −1..1, the range of the discretized logistic. */
const signed = (x: Tensor) => sub(mul(x, 2), 1);
