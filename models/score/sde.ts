import {
  adam,
  add,
  broadcastTo,
  div,
  ema,
  grad,
  mean,
  mul,
  neg,
  normal,
  schedules,
  type Shape,
  sqrt,
  square,
  sub,
  type Tensor,
  uniform,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { brightness, uniformNoise } from '../flow/dequantise.ts';
import type { Model } from '../model.ts';
import type { Sampler } from '../sampler.ts';
import { decayAt, networkOf } from './network.ts';
import { perRow, sumOfRows } from '../rows.ts';
import type { Solver } from './ode.ts';
import { flowSampler } from './probability_flow.ts';
import {
  type Sde,
  subVariancePreserving,
  varianceExploding,
  variancePreserving,
} from './processes.ts';
import { type Reversible, reverseSampler, tweedie } from './reverse.ts';

/**
 * Score-based generative modeling through stochastic differential equations. Y. Song, J. Sohl-Dickstein,
 * D. P. Kingma, A. Kumar, S. Ermon and B. Poole, 2021, arXiv 2011.13456.
 *
 *   forward    dx = f(t) x dt + g(t) dw, t = 0..1, from data to noise                      eq. (5)
 *   reverse    dx = [f x − g² ∇log p_t(x)] dt + g dw̄                                       eq. (6)
 *   objective  E_t λ(t) E‖s(x(t), t) − ∇log p(x(t)|x(0))‖²,  t ~ U[ε, 1],  λ = std²        eq. (7)
 *   the flow   dx/dt = f x − ½ g² ∇log p_t(x), of the same marginals                       eq. (13)
 *
 * With s = −n / std the objective is that of a network n which tells the noise in x(t). Processes are in
 * processes.ts, the reverse process in reverse.ts, the flow and the likelihood in probability_flow.ts.
 */
export interface SdeModel extends Model, Reversible {
  /** Data [B, ...] in the coordinates of the process: points as they are, dequantised images on [−1, 1]. */
  embed(data: Tensor): Tensor;
  /** Samples in data coordinates by a sampler that the catalog names. */
  samplerBy(n: number, name: SamplerName): Sampler;
  /**
   * How likelihoods follow the flow: to a tolerance. Equal steps miss how fast the density of pixels that hardly vary
   * changes near the data, and make it too great.
   */
  readonly solver: Solver;
}

/** The samplers of the paper. */
export type SamplerName = Config<'score_sde'>['sampler'];

/** The process of a configuration. */
export const processOf = ({ process, betaMin, betaMax, least, most }: Config<'score_sde'>): Sde =>
  ({
    vp: () => variancePreserving({ betaMin, betaMax }),
    subvp: () => subVariancePreserving({ betaMin, betaMax }),
    ve: () => varianceExploding(least, most),
  })[process]();

/** Steps that adaptive step sizes may try at most. */
const TRIES = 2000;

/** A score-based model for data of a shape: [2], or images [H, W, C] of levels 0..white as 0..1. */
export function sdeModel(config: Config<'score_sde'>, shape: Shape, white: number): SdeModel {
  const { batch, steps, end } = config;
  const images = shape.length > 1;
  const sde = processOf(config);
  const network = networkOf(config, shape);
  const optimiser = adam(network.weights);
  const averaged = ema(network.weights, config.average);

  /** The noise in x(t), of inputs of about unit size. */
  const noiseIn = (weights: typeof network.weights, x: Tensor, t: Tensor) => {
    const { scale, std } = sde.kernel(t);
    const size = sqrt(add(square(scale), square(std)));
    return network.run(weights, div(x, perRow(size, x)), t);
  };
  const score = (x: Tensor, t: Tensor) =>
    neg(div(noiseIn(averaged.tree, x, t), perRow(sde.kernel(t).std, x)));

  const process: Reversible = { sde, score, end };
  const embed = (x: Tensor) => (images ? sub(mul(uniformNoise(white)(x).y, 2), 1) : x);
  const show = (x: Tensor) => (images ? brightness(mul(add(x, 1), 0.5), white) : x);
  const finish = (x: Tensor) => {
    const t = broadcastTo(end, [x.shape[0]]);
    return show(config.denoise === 'yes' ? tweedie(process, x, t) : x);
  };
  const solverBy = (method: Solver['method']): Solver =>
    method === 'rk45'
      ? { method, tolerance: config.tolerance, tries: TRIES }
      : { method, steps: config.passes };

  const samplerBy = (n: number, name: SamplerName) => {
    const all = [n, ...shape];
    if (name === 'heun' || name === 'rk45') {
      return flowSampler(all, process, solverBy(name), finish);
    }
    const corrections = name === 'predictor_corrector' ? config.corrections : 0;
    const { signal } = config;
    return reverseSampler(all, process, { steps: config.passes, corrections, signal }, finish);
  };

  return {
    variables: { network: network.weights, averaged: averaged.flat },
    optimisers: { optimiser },
    rows: batch,
    ...process,
    embed,
    solver: solverBy('rk45'),
    samplerBy,

    step(data, i) {
      const x = embed(data);
      const t = add(mul(uniform([batch]), 1 - end), end);
      const { scale, std } = sde.kernel(t);
      const noise = normal(x.shape);
      const noisy = add(mul(x, perRow(scale, x)), mul(noise, perRow(std, x)));
      const error = sub(noiseIn(network.weights, noisy, t), noise); // −std (s − ∇log p(x(t)|x(0)))
      const loss = mean(sumOfRows(square(error))); // eq. (7)
      const lr = config.lr * schedules.linearTail(i, steps);
      optimiser.update(grad(loss, optimiser.variables), { lr });
      averaged.update(decayAt(config.average, i));
      return { loss };
    },

    sampler: (n) => samplerBy(n, config.sampler),
  };
}

// Beside the paper: small networks; times are drawn and steps taken in equal parts; the predictor is
// Euler and Maruyama's for all three processes; the adaptive solver's error is that of each example on
// its own and not of the batch as one system; samples come from a running average of the weights.
