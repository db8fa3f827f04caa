import { bce, mse } from '../float64/losses.ts';
import { relu } from '../float64/ops.ts';
import { linear } from '../float64/products.ts';
import { leaf } from '../float64/tape.ts';
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

/** One step of Adam on a dense network with relu between layers. */
export interface Mlp {
  kind: 'mlp';
  widths: number[];
  batch: number;
  loss: 'mse' | 'bce';
}

/** `w0 w0Bias w1 ...`; weights are [in, out]. */
export const mlpShapes = ({ widths }: Mlp): Shapes =>
  Object.fromEntries(
    widths.slice(1).flatMap((width, i) => [
      [`w${i}`, [widths[i], width]],
      [`w${i}Bias`, [width]],
    ]),
  );

/** The network's loss in float64. */
export function mlpLoss({ widths, batch, loss }: Mlp, { x, y }: Inputs): Loss {
  return (tape, w) => {
    let h = leaf(x, [batch, widths[0]]);
    for (let i = 0; i + 1 < widths.length; i++) {
      h = linear(tape, i ? relu(tape, h) : h, w[`w${i}`], w[`w${i}Bias`]);
    }
    return (loss === 'mse' ? mse : bce)(tape, h, y);
  };
}

export const mlp: Kind<Mlp> = {
  mode: 'latency',
  shape: ({ widths, batch }) => `${widths.join('-')}, batch ${batch}`,
  /** Three products a layer, but two in the first: its input needs no gradient. */
  flops: ({ widths, batch }) =>
    widths.slice(1).reduce((sum, w, i) => sum + 2 * batch * w * widths[i] * (i ? 3 : 2), 0),
  bytes: (p) =>
    trainingBytes(mlpShapes(p), p.batch * (p.widths[0] + p.widths[p.widths.length - 1])),
  inputs(p, random) {
    const parameters = drawParameters(mlpShapes(p), random);
    // bce reconstructs pixel-like numbers in [0, 1); mse learns a smooth map of the plane
    const x = uniform(p.batch * p.widths[0], 1, random);
    if (p.loss === 'mse') return { ...parameters, x, y: x.map((v) => Math.sin(3 * v)) };
    const pixels = x.map((v) => Math.max(v, 0));
    return { ...parameters, x: pixels, y: pixels };
  },
  judge: (p, inputs) =>
    byLosses(trainLosses(mlpShapes(p), inputs, mlpLoss(p, inputs), checkedSteps)),
};
