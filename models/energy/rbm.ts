import {
  abs,
  add,
  bernoulli,
  broadcastTo,
  cast,
  floor,
  grad,
  logSigmoid,
  matmul,
  mean,
  mul,
  neg,
  normal,
  oneHot,
  reshape,
  schedules,
  sgd,
  type Shape,
  sigmoid,
  sizeOf,
  softplus,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  uniform,
  type Variable,
  variable,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { chains } from '../sampler.ts';
import { clamped, type ImageEnergy } from './energy.ts';

/**
 * Restricted Boltzmann machine. G. E. Hinton, Training Products of Experts by Minimizing Contrastive
 * Divergence, Neural Computation 14, 2002; T. Tieleman, Training Restricted Boltzmann Machines using
 * Approximations to the Likelihood Gradient, ICML 2008.
 *
 *   E(v, h) = −v·b − h·c − vᵀ W h,  p(v, h) = exp(−E(v, h)) / Z,  v and h binary
 *   F(v) = −log Σ_h exp(−E(v, h)) = −v·b − Σ_j log(1 + exp(c_j + v·W_j)),  p(v) = exp(−F(v)) / Z
 *   p(h|v) = σ(c + v W),  p(v|h) = σ(b + W hᵀ)
 *   −∂ log p(v) / ∂θ = ∂F(v) / ∂θ − E_p ∂F(v') / ∂θ
 *
 * `step` goes down that gradient with v' after k rounds of Gibbs sampling in place of the model's: from
 * the data (CD-k), or from chains that go on from step to step (persistent, PCD-k).
 */
export interface Rbm extends ImageEnergy {
  readonly weights: Weights;
  /** The logits of the pixels that it began with, those of the data on average: [D]. */
  readonly base: Float32Array<ArrayBuffer>;
}

/** W [V, H], b [V], c [H]. */
export type Weights = Readonly<Record<'W' | 'b' | 'c', Tensor | Variable>>;

/** F(v) of each of v [B, V]: [B], nats. */
export const freeEnergy = ({ W, b, c }: Weights, v: Tensor): Tensor =>
  neg(add(sum(mul(v, b), 1), sum(softplus(add(matmul(v, W), c)), 1)));

/** The same machine with what is seen and what is hidden exchanged. */
export const exchanged = ({ W, b, c }: Weights): Weights => ({ W: transpose(W), b: c, c: b });

/** A round of Gibbs sampling: h ~ p(h|v), then v' ~ p(v|h), [B, V]. */
export function gibbs({ W, b, c }: Weights, v: Tensor): Tensor {
  const h = bernoulli(sigmoid(add(matmul(v, W), c)));
  return bernoulli(sigmoid(add(matmul(h, W, { tb: true }), b)));
}

/** An RBM for binary images [H, W, C], of which `base` [D] are the logits of the mean image. */
export function rbm(config: Config<'rbm'>, shape: Shape, base: Float32Array<ArrayBuffer>): Rbm {
  const { hidden, k, batch } = config;
  const size = sizeOf(shape);
  const weights = {
    W: variable(mul(normal([size, hidden]), 0.01), undefined, { name: 'W' }),
    b: variable(base, undefined, { name: 'b' }),
    c: variable(null, [hidden], { name: 'c' }),
  };
  const optimiser = sgd(weights);
  const flat = (x: Tensor) => reshape(x, [-1, size]);
  const image = (v: Tensor) => reshape(v, [-1, ...shape]);

  const fresh = (n: number) => bernoulli(broadcastTo(sigmoid(tensor(base)), [n, size]));
  const fantasies =
    config.chains === 'persistent' && variable(fresh(batch), undefined, { name: 'fantasies' });
  const start = ([n]: Shape) => image(fresh(n));
  const move = (x: Tensor) => image(gibbs(weights, flat(x)));

  return {
    variables: { weights, ...(fantasies && { fantasies }) },
    optimisers: { optimiser },
    rows: batch,
    weights,
    base,
    energy: (x) => freeEnergy(weights, flat(x)),

    step(x, i) {
      const data = flat(x);
      let v = fantasies ? stopGradient(fantasies) : data;
      for (let round = 0; round < k; round++) v = gibbs(weights, v);
      const seen = freeEnergy(weights, data);
      const gap = sub(mean(seen), mean(freeEnergy(weights, v))); // its gradient is the last line's
      const rate = config.lr * schedules.linearTail(i, config.steps);
      const pseudo = pseudoLikelihood(weights, data, seen);
      optimiser.update(grad(gap, optimiser.variables), { lr: rate });
      if (fantasies) fantasies.assign(v);
      return { pseudo, gap };
    },

    sampler: (n) => chains([n, ...shape], config.gibbs, { start: () => start([n]), move }),
    complete: (images, known) =>
      clamped(images, known, shape, { moves: config.gibbs, start, move }),
  };
}

/**
 * −Σ_i log p(v_i | all others), mean over v [B, V], from one pixel of each drawn at random: what can be
 * followed without Z (Besag 1975).
 */
function pseudoLikelihood(weights: Weights, v: Tensor, seen: Tensor): Tensor {
  const [n, size] = v.shape;
  const pixel = oneHot(cast(floor(mul(uniform([n]), size)), 'u32'), size);
  const flipped = freeEnergy(weights, abs(sub(v, pixel)));
  return mul(mean(logSigmoid(sub(flipped, seen))), -size);
}

// Beside the papers: the learning rate falls to zero in the second half, without momentum or weight
// decay, and the biases of the pixels begin at the logits of the mean image.
