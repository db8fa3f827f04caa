import {
  adam,
  add,
  bceWithLogits,
  discretizedLogisticLogLikelihood,
  exp,
  grad,
  klDiagonalGaussians,
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
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Model } from '../model.ts';
import { onePass } from '../sampler.ts';
import { convNetworks, mlpNetworks } from './networks.ts';

/** Mean and log variance of q(z|x), each [B, Z]. */
export interface Posterior {
  mu: Tensor;
  logVar: Tensor;
}

/**
 * Variational autoencoder. D. P. Kingma and M. Welling, Auto-Encoding Variational Bayes, 2013,
 * arXiv 1312.6114.
 *
 *   log p(x) ≥ L(x) = E_q(z|x) [log p(x|z)] − KL(q(z|x) ‖ p(z))                           eq. (3)
 *   p(z) = N(0, I),  q(z|x) = N(μ(x), diag σ²(x)),  z = μ + σ ⊙ ε with ε ~ N(0, I)        eq. (9)
 *
 * `step` maximises the mean of L over a batch, one draw of z for each image, with the KL term
 * weighted by β: 1 in the paper, another value makes a β-VAE (Higgins et al., ICLR 2017).
 */
export interface Vae extends Model {
  /** Dimensions of z. */
  readonly latent: number;
  /** q(z|x) for images [B, H, W, 1]. */
  encode(x: Tensor): Posterior;
  /** Mean pixels of p(x|z) for z [B, Z]: [B, H, W, 1], 0..1. */
  decode(z: Tensor): Tensor;
  /** The two terms of L(x) for one draw of z, each [B], nats. */
  bound(x: Tensor): { reconstruction: Tensor; kl: Tensor };
  /** log p(x, z) − log q(z|x) for one draw of z: [B], nats. Its mean of exp over draws is p(x). */
  logWeight(x: Tensor): Tensor;
}

/** A VAE for images [H, W, 1] with values 0..1 in steps of 1 / `white`. */
export function vae(config: Config<'vae'>, shape: Shape, white: number): Vae {
  const networks = config.network === 'conv' ? convNetworks : mlpNetworks;
  const { encoder, decoder } = networks(config, shape);
  const logistic = config.decoder === 'logistic';
  const levels = white + 1;
  const logScale = nn.filled(-2, [1], 'log scale'); // of all logistic pixels
  const trained = {
    encoder: encoder.variables,
    decoder: decoder.variables,
    ...(logistic && { logScale }),
  };
  const optimiser = adam(trained, { lr: config.lr });

  const encode = (x: Tensor) => {
    const [mu, logVar] = split(encoder.run(x), 2, 1);
    return { mu, logVar };
  };
  const decode = (z: Tensor) => sigmoid(decoder.run(z));

  /** log p(x|z), [B]: appendix C.1, or the logistic of Kingma et al. 2016 (arXiv 1606.04934). */
  const logLikelihood = (x: Tensor, z: Tensor) => {
    const pixels = logistic
      ? discretizedLogisticLogLikelihood(signed(x), signed(decode(z)), logScale, { levels })
      : neg(bceWithLogits(decoder.run(z), x));
    return sum(pixels, [1, 2, 3]);
  };

  const bound = (x: Tensor) => {
    const q = encode(x);
    const { z } = draw(q);
    return { reconstruction: logLikelihood(x, z), kl: sum(klDiagonalGaussians(q.mu, q.logVar), 1) };
  };

  return {
    variables: trained,
    optimisers: { optimiser },
    rows: config.batch,
    latent: config.latent,
    encode,
    decode,
    bound,

    logWeight(x) {
      const q = encode(x);
      const { z, eps } = draw(q);
      const logPrior = mul(sum(square(z), 1), -0.5); // the constants of p(z) and q(z|x) cancel
      const logPosterior = mul(sum(add(square(eps), q.logVar), 1), -0.5);
      return sub(add(logLikelihood(x, z), logPrior), logPosterior);
    },

    step(x) {
      const terms = bound(x);
      const reconstruction = neg(mean(terms.reconstruction));
      const kl = mean(terms.kl);
      const loss = add(reconstruction, mul(kl, config.beta)); // −L, eq. (10)
      optimiser.update(grad(loss, optimiser.variables));
      return { loss, reconstruction, kl };
    },

    sampler: (n) => onePass(() => decode(normal([n, config.latent]))),
  };
}

/** z ~ q(z|x) by reparameterisation, with the noise it came from: eq. (9). */
function draw({ mu, logVar }: Posterior): { z: Tensor; eps: Tensor } {
  const eps = normal(mu.shape);
  return { z: add(mu, mul(exp(mul(logVar, 0.5)), eps)), eps };
}

/** Values 0..1 as −1..1, the range of the discretized logistic. */
const signed = (x: Tensor) => sub(mul(x, 2), 1);

// Beside the paper: Adam instead of Adagrad, and the convolutional networks. Samples are the mean
// pixels of p(x|z), as is usual, not draws from it.
