import {
  type Arg,
  adam,
  add,
  exp,
  gaussianLogLikelihood,
  grad,
  klDiagonalGaussians,
  log,
  maximum,
  mean,
  mul,
  neg,
  nn,
  normal,
  type Shape,
  sigmoid,
  split,
  square,
  sub,
  sum,
  type Tensor,
  type Variable,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { onePass } from '../sampler.ts';
import { type LatentModel, logWeight, noise, type Posterior, reparameterise } from './latent.ts';
import { networksOf } from './networks.ts';
import { latentViews } from './views.ts';

/** log σ never falls below it: a decoder without error would make the likelihood infinite. */
const LEAST = -6;

/**
 * σ-VAE: a Gaussian decoder whose variance fits its error, so that reconstruction and KL term are
 * balanced without a weight β. O. Rybkin, K. Daniilidis and S. Levine, Simple and Effective VAE
 * Training with Calibrated Decoders, 2020, arXiv 2006.13202.
 *
 *   log p(x|z) = Σ over pixels of −½ (x − μ(z))² / σ² − log σ − ½ log 2π
 *   optimal    σ*² = the mean of (x − μ(z))² over pixels and batch, which maximises it
 *   learned    log σ is one more parameter, shared by all pixels
 *   fixed      σ = 1: the squared error that many write, which blurs and collapses
 *
 * `step` minimises −log p(x|z) + KL(q(z|x) ‖ p(z)), nats per image of the density.
 */
export interface SigmaVae extends LatentModel {
  /** log σ in use: a scalar. */
  readonly logSigma: Variable;
  /** log p(x|z), [.., B], for mean pixels μ [.., B, H, W, C] and log σ. */
  logLikelihood(x: Tensor, mu: Tensor, logSigma: Arg): Tensor;
}

/** The logarithm of the σ that maximises the likelihood of x around mean pixels μ: a scalar. */
export const optimalLogSigma = (x: Tensor, mu: Tensor): Tensor =>
  maximum(mul(log(mean(square(sub(x, mu)))), 0.5), LEAST);

/** A σ-VAE for images [H, W, C] with values 0..1. */
export function sigmaVae(config: Config<'sigma_vae'>, shape: Shape): SigmaVae {
  const { encoder, decoder } = networksOf(config, shape);
  const logSigma = nn.filled(0, [], 'log sigma');
  const learned = config.sigma === 'learned';
  const networks = { encoder: encoder.variables, decoder: decoder.variables };
  const optimiser = adam(learned ? { ...networks, logSigma } : networks);

  const encode = (x: Tensor) => {
    const [mu, logVar] = split(encoder.run(x), 2, 1);
    return { mu, logVar };
  };
  const embed = (x: Tensor) => encode(x).mu;
  const klsOf = ({ mu, logVar }: Posterior) => klDiagonalGaussians(mu, logVar);
  const decode = (z: Tensor) => sigmoid(decoder.run(z));
  const logLikelihood = (x: Tensor, mu: Tensor, s: Arg) =>
    sum(gaussianLogLikelihood(x, mu, maximum(s, LEAST)), [-3, -2, -1]);

  return {
    variables: { ...networks, logSigma },
    optimisers: { optimiser },
    rows: config.batch,
    latent: config.latent,
    logSigma,
    logLikelihood,
    decode,
    embed,
    kls: (x) => klsOf(encode(x)),

    bound(x) {
      const q = encode(x);
      const mu = decode(reparameterise(q, noise(q)));
      const kl = sum(klsOf(q), 1);
      return { reconstruction: logLikelihood(x, mu, logSigma), kl };
    },

    logWeights(x, draws) {
      const q = encode(x);
      return logWeight(q, noise(q, [draws]), (z) => logLikelihood(x, decode(z), logSigma));
    },

    step(x) {
      const q = encode(x);
      const mu = decode(reparameterise(q, noise(q)));
      const optimal = config.sigma === 'optimal';
      const s = optimal ? optimalLogSigma(x, mu) : logSigma;
      const reconstruction = neg(mean(logLikelihood(x, mu, s)));
      const kl = mean(sum(klsOf(q), 1));
      const loss = add(reconstruction, kl);
      const gradients = grad(loss, optimiser.variables);
      if (optimal) logSigma.assign(s); // what sampling and measuring use
      optimiser.update(gradients, { lr: config.lr });
      return { loss, reconstruction, kl, sigma: exp(s) };
    },

    views: latentViews({ latent: config.latent, embed, decode }),
    sampler: (n) => onePass(() => decode(normal([n, config.latent]))),
  };
}

// Beside the paper: σ* over the batch is kept from the last step for sampling and measuring.
