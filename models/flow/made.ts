import {
  add,
  broadcastTo,
  concat,
  maskedMatmul,
  mul,
  nn,
  relu,
  slice,
  split,
  type Tensor,
  tanh,
  type Variable,
  variable,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
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
  const units = rising(hidden, (i) => 1 + Math.floor((i * (size - 1)) / hidden));
  const inputs = rising(size, (i) => i + 1);
  const outputs = rising(2 * size, (i) => 1 + (i % size));
  const layers = [
    nn.linear.init(size, hidden),
    nn.linear.init(hidden, hidden),
    nn.linear.init(hidden, 2 * size),
  ];
  const degrees = [inputs, units, units, outputs];
  return {
    variables: layers,
    of(x) {
      const h = layers.reduce((value, { weight, bias }, i) => {
        const [from, to, gap] = [degrees[i], degrees[i + 1], i === 2 ? 1 : 0] as const;
        const masked = maskedMatmul(i === 0 ? value : relu(value), weight, { from, to, gap });
        return add(masked, bias as Variable);
      }, x);
      const [mean, logStd] = split(h, 2, 1);
      return { mean, logStd: bounded(logStd) };
    },
  };
}

/** Values of (−2, 2). */
const bounded = (x: Tensor) => mul(tanh(x), 2);

const rising = (count: number, degree: (i: number) => number): Variable =>
  variable(
    Uint32Array.from({ length: count }, (_, i) => degree(i)),
    undefined,
    { name: 'degrees' },
  );
