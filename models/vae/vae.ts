import {
  adam,
  add,
  grad,
  klDiagonalGaussians,
  mean,
  mul,
  neg,
  normal,
  schedules,
  type Shape,
  split,
  sum,
  type Tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { onePass } from '../sampler.ts';
import {
  countedKl,
  type LatentModel,
  logRatio,
  logWeight,
  noise,
  type Posterior,
  reparameterise,
} from './latent.ts';
import { networksOf } from './networks.ts';
import { pixelsOf } from './pixels.ts';
import { stagedRate } from './rate.ts';
import { latentViews } from './views.ts';

/**
 * Variational autoencoder. D. P. Kingma and M. Welling, Auto-Encoding Variational Bayes, 2013,
 * arXiv 1312.6114.
 *
 *   p(z) = N(0, I),  q(z|x) = N(μ(x), diag σ²(x)),  z = μ + σ ⊙ ε with ε ~ N(0, I)        eq. (9)
 *   log p(x) ≥ L(x) = E_q [log p(x, z) − log q(z|x)]                                      eq. (2)
 *                   = E_q [log p(x|z)] − KL(q(z|x) ‖ p(z))                                eq. (3)
 *
 * `step` maximises the mean of L over a batch, one draw of z for each image, in the form that `bound`
 * names: the KL term at the drawn z, or as a formula. What is done about it when it stops z from
 * being used:
 *
 *   β           weighs it: above 1 a β-VAE (Higgins et al., ICLR 2017)
 *   warm        β grows from 0 in so many steps (Bowman et al. 2015, arXiv 1511.06349)
 *   free        Σ_j max(λ, KL_j) over the dimensions of z, KL_j a mean over the batch: the first λ
 *               nats of each are free (Kingma et al. 2016, arXiv 1606.04934, 'free bits')
 */
export interface Vae extends LatentModel {
  /** q(z|x) for images [B, H, W, C]. */
  encode(x: Tensor): Posterior;
  /** Values that a pixel can have, 0..1 in equal steps. */
  readonly levels: number;
  /** The probabilities of all levels of each pixel for z [B, Z]: [B, H, W, C, levels]. */
  probabilities(z: Tensor): Tensor;
}

/** A VAE for images [H, W, C] with values 0..1 in steps of 1 / `white`. */
export function vae(config: Config<'vae'>, shape: Shape, white: number): Vae {
  const { encoder, decoder } = networksOf(config, shape);
  const pixels = pixelsOf(config.decoder, white);
  const variables = {
    encoder: encoder.variables,
    decoder: decoder.variables,
    ...pixels.variables,
  };
  const optimiser = adam(variables);

  const encode = (x: Tensor) => {
    const [mu, logVar] = split(encoder.run(x), 2, 1);
    return { mu, logVar };
  };
  const embed = (x: Tensor) => encode(x).mu;
  const klsOf = ({ mu, logVar }: Posterior) => klDiagonalGaussians(mu, logVar);
  const decode = (z: Tensor) => pixels.mean(decoder.run(z));
  /** log p(x|z), [.., B]. */
  const logLikelihood = (x: Tensor, z: Tensor) => pixels.logLikelihood(x, decoder.run(z));

  return {
    variables,
    optimisers: { optimiser },
    rows: config.batch,
    latent: config.latent,
    encode,
    decode,
    levels: pixels.levels,
    probabilities: (z) => pixels.probabilities(decoder.run(z)),
    embed,
    kls: (x) => klsOf(encode(x)),

    bound(x) {
      const q = encode(x);
      const z = reparameterise(q, noise(q));
      const kl = sum(klsOf(q), 1);
      return { reconstruction: logLikelihood(x, z), kl };
    },

    logWeights(x, draws) {
      const q = encode(x);
      return logWeight(q, noise(q, [draws]), (z) => logLikelihood(x, z));
    },

    step(x, i) {
      const q = encode(x);
      const eps = noise(q);
      const z = reparameterise(q, eps); // eq. (9)
      const reconstruction = neg(mean(logLikelihood(x, z)));
      const kls =
        config.bound === 'sampled'
          ? logRatio(q, z, eps) // eq. (2)
          : klsOf(q); // eq. (3), appendix B: [B, Z]
      const kl = mean(sum(kls, 1));
      const beta = config.beta * schedules.warmUp(i, config.warm);
      const loss = add(reconstruction, mul(countedKl(kls, config.free), beta)); // −L, eq. (10)
      optimiser.update(grad(loss, optimiser.variables), { lr: stagedRate(config, i) });
      return { loss, reconstruction, kl };
    },

    views: latentViews({ latent: config.latent, embed, decode }),
    sampler: (n) => onePass(() => decode(normal([n, config.latent]))),
  };
}

// Beside the paper: Adam instead of Adagrad, and the convolutional networks. Samples are the mean
// pixels of p(x|z), as is usual, not draws from it.
