import { bce } from '../float64/losses.ts';
import { add, gate, relu, times } from '../float64/ops.ts';
import { conv } from '../float64/products.ts';
import { leaf, type Tape, type Value } from '../float64/tape.ts';
import type { Inputs } from '../types.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';
import {
  byLosses,
  checkedSteps,
  drawParameters,
  type Loss,
  type Shapes,
  trainingBytes,
  trainLosses,
} from './training.ts';

/** Sizes of a gated PixelCNN of images [side, side, 1] whose pixels have `outputs` numbers each. */
export interface GatedSizes {
  side: number;
  channels: number;
  layers: number;
  /** Sides of the filters of the first layer and of the others. */
  first: number;
  filter: number;
  outputs: number;
}

/** One step of Adam on a gated PixelCNN of binary images; mean binary cross-entropy of all pixels. */
export interface Gated extends GatedSizes {
  kind: 'gated';
  batch: number;
  outputs: 1;
}

/** Side and input channels of the filters of layer l. */
const filterOf = (p: GatedSizes, l: number): [number, number] =>
  l === 0 ? [p.first, 1] : [p.filter, p.channels];

/** All are filters [kh, kw, in, out]; both halves of a gate lie side by side. */
export function gatedShapes(p: GatedSizes): Shapes {
  const { channels: c, layers, outputs } = p;
  const shapes: Shapes = {};
  const filter = (name: string, ...shape: number[]) =>
    Object.assign(shapes, { [name]: shape, [`${name}Bias`]: [shape[3]] });
  for (let l = 0; l < layers; l++) {
    const [size, inputs] = filterOf(p, l);
    filter(`up${l}`, size, size, inputs, 2 * c);
    filter(`link${l}`, 1, 1, 2 * c, 2 * c);
    shapes[`across${l}`] = [1, size, inputs, 2 * c];
    filter(`out${l}`, 1, 1, c, c);
  }
  filter('head0', 1, 1, c, c);
  filter('head1', 1, 1, c, outputs);
  return shapes;
}

/**
 * 1 where a filter is seen, else 0: of layer l's `up`, the rows above the pixel and from the second
 * layer on its own; of `across`, what is to the left and from the second layer on the pixel itself.
 */
export function seenOf(p: GatedSizes, name: 'up' | 'across', l: number): Float32Array {
  const [kh, kw, inputs, outputs] = gatedShapes(p)[`${name}${l}`];
  const half = (kw - 1) / 2 + (l === 0 ? 0 : 1);
  const taps = name === 'up' ? half * kw : half;
  return Float32Array.from(
    { length: kh * kw * inputs * outputs },
    (_, i) => +(Math.floor(i / (inputs * outputs)) < taps),
  );
}

/** The numbers [B, side, side, outputs] of images in float64. */
export function gatedNumbers(p: GatedSizes, x: ArrayLike<number>) {
  return (tape: Tape, w: Record<string, Value>): Value => {
    const batch = x.length / p.side ** 2;
    const none = leaf(new Float64Array(2 * p.channels), [2 * p.channels]);
    const dense = (name: string, y: Value) => conv(tape, y, w[name], w[`${name}Bias`]);
    const seen = (name: 'up' | 'across', l: number) =>
      times(tape, w[`${name}${l}`], seenOf(p, name, l));
    const image = leaf(x, [batch, p.side, p.side, 1]);
    let [v, h] = [image, image];
    for (let l = 0; l < p.layers; l++) {
      const up = conv(tape, v, seen('up', l), w[`up${l}Bias`]);
      const left = conv(tape, h, seen('across', l), none);
      const out = dense(`out${l}`, gate(tape, add(tape, left, dense(`link${l}`, up))));
      v = gate(tape, up);
      h = l === 0 ? out : add(tape, h, out);
    }
    return dense('head1', relu(tape, dense('head0', relu(tape, h))));
  };
}

/** Products of one pixel that the masks leave, forward. */
export function perPixel(p: GatedSizes): number {
  const c = p.channels;
  const sizes = Array.from({ length: p.layers }, (_, l) => {
    const [size, inputs] = filterOf(p, l);
    const half = (size - 1) / 2 + (l === 0 ? 0 : 1);
    return 2 * c * inputs * (half * size + half) + 5 * c * c;
  });
  return sizes.reduce((sum, n) => sum + n, c * c + c * p.outputs);
}

/** The network's loss in float64. */
export const gatedLoss =
  (p: Gated, { x }: Inputs): Loss =>
  (tape, w) =>
    bce(tape, gatedNumbers(p, x)(tape, w), x);

export const gated: Kind<Gated> = {
  mode: 'latency',
  shape: ({ side, channels, layers, batch }) =>
    `${layers} layers of ${channels}, batch ${batch}, ${side}x${side}`,
  flops: (p) => 6 * p.batch * p.side ** 2 * perPixel(p),
  bytes: (p) => trainingBytes(gatedShapes(p), p.batch * p.side ** 2),
  inputs: (p, random) => ({
    ...drawParameters(gatedShapes(p), random),
    x: uniform(p.batch * p.side ** 2, 1, random).map((v) => +(v > 0.5)),
  }),
  judge: (p, inputs) =>
    byLosses(trainLosses(gatedShapes(p), inputs, gatedLoss(p, inputs), checkedSteps)),
};
