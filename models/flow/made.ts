import {
  broadcastTo,
  concat,
  mul,
  nn,
  relu,
  slice,
  split,
  type Tensor,
  tanh,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import { madeDegrees, maskedLinear } from '../masked.ts';
import { mlp, mlpInit } from '../mlp.ts';

/** Mean and log standard deviation of each dimension given the ones before it, both [B, D]. */
export interface Conditionals {
  mean: Tensor;
  logStd: Tensor;
}

/** A network whose outputs for dimension i see dimensions 0..i−1 of its inputs alone. */
export interface Autoregression {
  readonly variables: Tree;
  of(x: Tensor): Conditionals;
}

/** Of the plane: N(c₀, exp(c₁)²) for the first coordinate, an MLP of it for the second. */
export function planeAutoregression(hidden: number): Autoregression {
  const first = nn.filled(0, [2], 'first');
  const network = mlpInit([1, hidden, hidden, 2]);
  return {
    variables: { first, network },
    of(x) {
      const rows = x.shape[0];
      const [mean, logStd] = split(mlp(network, slice(x, [null, [0, 1]]), relu), 2, 1); // [B, 1]
      const [c0, c1] = split(broadcastTo(first, [rows, 2]), 2, 1);
      return {
        mean: concat([c0, mean], 1),
        logStd: concat([c1, bounded(logStd)], 1),
      };
    },
  };
}

/**
 * Of any number of dimensions: a masked MLP with two hidden layers (MADE: Germain et al. 2015, arXiv
 * 1502.03509). Hidden units have the degrees 1..D−1 in rising order, equally many of each.
 */
export function maskedAutoregression(size: number, hidden: number): Autoregression {
  const layers = [
    nn.linear.init(size, hidden),
    nn.linear.init(hidden, hidden),
    nn.linear.init(hidden, 2 * size),
  ];
  const { inputs, units, outputs } = madeDegrees(size, hidden);
  return {
    variables: layers,
    of(x) {
      const [first, second, third] = layers;
      const a = relu(maskedLinear(first, x, { from: inputs, to: units }));
      const b = relu(maskedLinear(second, a, { from: units, to: units }));
      const said = maskedLinear(third, b, { from: units, to: outputs, gap: 1 });
      const [mean, logStd] = split(said, 2, 1);
      return { mean, logStd: bounded(logStd) };
    },
  };
}

/** Values of (−2, 2). */
const bounded = (x: Tensor) => mul(tanh(x), 2);
