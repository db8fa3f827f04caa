import {
  bceWithLogits,
  discretizedLogisticLogLikelihood,
  mul,
  neg,
  nn,
  sigmoid,
  sub,
  sum,
  type Tensor,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';

/** How pixels are distributed around what a decoder says. */
export interface Pixels {
  variables: Tree;
  /** log p(x|z) of images x [B, H, W, C] for logits [.., B, H, W, C]: [.., B], nats. */
  logLikelihood(x: Tensor, logits: Tensor): Tensor;
  /** Mean pixels, 0..1. */
  mean(logits: Tensor): Tensor;
}

const IMAGE = [-3, -2, -1];

/** Binary pixels (Kingma and Welling 2013, arXiv 1312.6114, appendix C.1). */
export const bernoulliPixels = (): Pixels => ({
  variables: {},
  logLikelihood: (x, logits) => neg(sum(bceWithLogits(logits, x), IMAGE)),
  mean: sigmoid,
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
    logLikelihood(x, logits) {
      const mean = signed(sigmoid(logits));
      return sum(discretizedLogisticLogLikelihood(signed(x), mean, logScale, { levels }), IMAGE);
    },
    mean: sigmoid,
  };
}

/** Values 0..1 as −1..1, the range of the discretized logistic. */
const signed = (x: Tensor) => sub(mul(x, 2), 1);
