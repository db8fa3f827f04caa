import {
  add,
  div,
  matmul,
  mul,
  norm,
  normal,
  reshape,
  stopGradient,
  sum,
  type Tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';

/**
 * Spectral normalisation. T. Miyato, T. Kataoka, M. Koyama and Y. Yoshida, Spectral Normalization for
 * Generative Adversarial Networks, 2018, arXiv 1802.05957.
 *
 *   v ← Wᵀu / ‖Wᵀu‖,  u ← Wv / ‖Wv‖                                             algorithm 1
 *   σ(W) ≈ uᵀ W v,  W_SN = W / σ(W)                                                 eq. (8)
 *
 * with the paper's W x as x · W here, for weights [.., out] whose other axes are taken together, as those
 * of convolution filters (whose own norm, as maps of images, may be a little more). One iteration for each
 * update is enough, since W moves little. σ comes near from below; its gradient goes through W alone.
 */
export interface Singular {
  /** The direction of outputs, [1, out]. */
  readonly u: Variable;
  /** The direction of inputs, [1, in]. */
  readonly v: Variable;
}

type Value = Tensor | Variable;

/** Iterations at the start, where nothing is known of the directions. */
const FIRST = 15;

/** Directions for a weight, near its first singular vectors. */
export function singular(weight: Variable): Singular {
  let first = directions(weight, normal([1, weight.shape[weight.shape.length - 1]]));
  for (let i = 1; i < FIRST; i++) first = directions(weight, first.u);
  return {
    u: variable(first.u, undefined, { name: 'u' }),
    v: variable(first.v, undefined, { name: 'v' }),
  };
}

/** One power iteration, to the weight as it is. Inside a step. */
export function powerIteration(weight: Variable, s: Singular): void {
  const { u, v } = directions(weight, s.u);
  s.v.assign(v);
  s.u.assign(u);
}

/** The directions of one power iteration from u [1, out], without a gradient. */
export function directions(weight: Value, u: Value): { u: Tensor; v: Tensor } {
  const w = matrix(weight);
  const v = unit(matmul(u, w, { tb: true }));
  return { v, u: unit(matmul(v, w)) };
}

/** σ(W), a scalar. */
export const largestSingular = (weight: Value, { u, v }: { u: Value; v: Value }): Tensor =>
  sum(mul(matmul(v, matrix(weight)), u));

/** W / σ(W), in the shape of W. */
export const normalised = (weight: Value, s: { u: Value; v: Value }): Tensor =>
  div(weight, largestSingular(weight, s)); // eq. (8)

/** Several weights with their directions. */
export function spectral(weights: readonly Variable[]) {
  const state = weights.map(singular);
  return {
    /** The directions: variables to save, which no optimiser updates. */
    state,
    /** One power iteration of each. Inside a step. */
    iterate() {
      for (const [i, weight] of weights.entries()) powerIteration(weight, state[i]);
    },
    /** One of the weights, normalised. */
    of: (weight: Variable): Tensor => normalised(weight, state[weights.indexOf(weight)]),
  };
}

/** A weight as [in, out]. */
const matrix = (weight: Value) => reshape(weight, [-1, weight.shape[weight.shape.length - 1]]);

const unit = (x: Tensor) => stopGradient(div(x, add(norm(x), 1e-12)));
