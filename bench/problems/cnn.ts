import { crossEntropy } from '../float64/losses.ts';
import { relu, reshaped } from '../float64/ops.ts';
import { conv, linear } from '../float64/products.ts';
import { leaf } from '../float64/tape.ts';
import type { Inputs } from '../types.ts';
import type { Kind } from './kind.ts';
import { uniform, whole } from './numbers.ts';
import {
  byLosses,
  checkedSteps,
  drawParameters,
  type Loss,
  type Shapes,
  trainingBytes,
  trainLosses,
} from './training.ts';

/**
 * One step of Adam on a classifier of images [size, size, 1]: 3×3 convolutions to `channels[0]`,
 * with stride 2 to `channels[1]`, to `channels[2]`, each with relu, and a dense layer; cross-entropy.
 */
export interface Cnn {
  kind: 'cnn';
  batch: number;
  size: number;
  channels: [number, number, number];
  classes: number;
}

/** Strides of the three convolutions; padding is SAME. */
export const strides = [1, 2, 1] as const;

/** Features that the dense layer sees, in the order height, width, channel. */
export const featuresOf = ({ size, channels }: Cnn): number =>
  Math.ceil(size / 2) ** 2 * channels[2];

/** Filters are [3, 3, in, out], the dense weight is [features, classes]. */
export const cnnShapes = (p: Cnn): Shapes => ({
  ...Object.fromEntries(
    p.channels.flatMap((out, i) => [
      [`conv${i}`, [3, 3, i ? p.channels[i - 1] : 1, out]],
      [`conv${i}Bias`, [out]],
    ]),
  ),
  dense: [featuresOf(p), p.classes],
  denseBias: [p.classes],
});

function flops(p: Cnn): number {
  const half = Math.ceil(p.size / 2);
  const [a, b, c] = p.channels;
  const pixels = [p.size ** 2 * a, half ** 2 * a * b, half ** 2 * b * c];
  const forward = [...pixels.map((n) => 9 * n), featuresOf(p) * p.classes];
  return forward.reduce((sum, n, i) => sum + 2 * p.batch * n * (i ? 3 : 2), 0);
}

/** The network's loss in float64. */
export function cnnLoss(p: Cnn, { x, labels }: Inputs): Loss {
  return (tape, w) => {
    let h = leaf(x, [p.batch, p.size, p.size, 1]);
    strides.forEach((stride, i) => {
      h = relu(tape, conv(tape, h, w[`conv${i}`], w[`conv${i}Bias`], stride));
    });
    const flat = reshaped(h, [p.batch, featuresOf(p)]);
    return crossEntropy(tape, linear(tape, flat, w.dense, w.denseBias), labels);
  };
}

export const cnn: Kind<Cnn> = {
  mode: 'latency',
  shape: ({ batch, size, channels, classes }) =>
    `${[1, ...channels, classes].join('-')}, batch ${batch}, ${size}x${size}`,
  flops,
  bytes: (p) => trainingBytes(cnnShapes(p), p.batch * (p.size ** 2 + 1)),
  inputs: (p, random) => ({
    ...drawParameters(cnnShapes(p), random),
    x: uniform(p.batch * p.size ** 2, 1, random).map((v) => Math.max(v, 0)),
    labels: whole(p.batch, p.classes, random),
  }),
  judge: (p, inputs) =>
    byLosses(trainLosses(cnnShapes(p), inputs, cnnLoss(p, inputs), checkedSteps)),
};
