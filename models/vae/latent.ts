import {
  add,
  exp,
  logSumExp,
  maximum,
  mean,
  mul,
  normal,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
} from '../../engine/index.ts';
import type { Model } from '../model.ts';

/** A model p(x) = ∫ p(x|z) p(z) dz with p(z) = N(0, I), and q(z|x) beside it. */
export interface LatentModel extends Model {
  /** Dimensions of z. */
  readonly latent: number;
  /** Where q(z|x) has its centre, for images [B, H, W, C]: [B, Z]. */
  embed(x: Tensor): Tensor;
  /** Mean pixels of p(x|z) for z [B, Z]: [B, H, W, C], 0..1. */
  decode(z: Tensor): Tensor;
  /** The KL term of each dimension of z, [B, Z], nats; at one draw of z where there is no formula. */
  kls(x: Tensor): Tensor;
  /** The two terms of the bound log p(x) ≥ reconstruction − kl for one draw of z, each [B], nats. */
  bound(x: Tensor): { reconstruction: Tensor; kl: Tensor };
  /** log p(x, z) − log q(z|x) for several draws of z: [draws, B], nats. Its mean of exp is p(x). */
  logWeights(x: Tensor, draws: number): Tensor;
}

/** Mean and log variance of a diagonal Gaussian q(z|x), each [B, Z]. */
export interface Posterior {
  mu: Tensor;
  logVar: Tensor;
}

/** z = μ + σ ⊙ ε: as many draws as ε [.., B, Z] has. */
export const reparameterise = ({ mu, logVar }: Posterior, eps: Tensor): Tensor =>
  add(mu, mul(exp(mul(logVar, 0.5)), eps));

/** Noise for one draw of z. */
export const noise = ({ mu }: Posterior, lead: Shape = []): Tensor =>
  normal([...lead, ...mu.shape]);

/**
 * log q(z|x) − log p(z) of each dimension, [.., B, Z], at the z that noise ε gave: its mean over ε is
 * the KL divergence. The constants of the two densities cancel.
 */
export const logRatio = ({ logVar }: Posterior, z: Tensor, eps: Tensor): Tensor =>
  mul(sub(square(z), add(square(eps), logVar)), 0.5);

/**
 * The KL term [] that counts, of those of each dimension [B, Z] at z or as a formula: their sum, the
 * mean over the batch; the first `free` nats of each dimension are free (Kingma et al. 2016, arXiv
 * 1606.04934, 'free bits').
 */
export const countedKl = (kls: Tensor, free: number): Tensor =>
  free > 0 ? sum(maximum(mean(kls, 0), free)) : mean(sum(kls, 1));

/** log w = log p(x|z) + log p(z) − log q(z|x), [.., B], of draws with noise ε [.., B, Z]. */
export function logWeight(q: Posterior, eps: Tensor, logLikelihood: (z: Tensor) => Tensor): Tensor {
  const z = reparameterise(q, eps);
  return sub(logLikelihood(z), sum(logRatio(q, z, eps), -1));
}

/** log (1/k Σ w) over the k draws of log w [k, B]: [B] (Burda et al. 2015, arXiv 1509.00519, eq. 8). */
export const logMeanWeight = (logW: Tensor): Tensor =>
  sub(logSumExp(logW, 0), Math.log(logW.shape[0]));
