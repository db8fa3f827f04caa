import {
  adam,
  add,
  grad,
  mean,
  mul,
  neg,
  normal,
  schedules,
  type Shape,
  split,
  sub,
  sum,
  type Tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { onePass } from '../sampler.ts';
import { iaf, type Iaf } from './iaf.ts';
import {
  countedKl,
  type LatentModel,
  logRatio,
  noise,
  type Posterior,
  reparameterise,
} from './latent.ts';
import { networksOf } from './networks.ts';
import { pixelsOf } from './pixels.ts';
import { latentViews } from './views.ts';

/**
 * VAE whose q(z|x) is an inverse autoregressive flow. D. P. Kingma, T. Salimans, R. Jozefowicz,
 * X. Chen, I. Sutskever and M. Welling, Improved Variational Inference with Inverse Autoregressive
 * Flow, 2016, arXiv 1606.04934.
 *
 *   [μ, σ, h] = encoder(x),  z₀ = μ + σ ⊙ ε,  z = the flow of z₀ given h               algorithm 1
 *   log q(z|x) = −Σ_i (½ ε_i² + ½ log 2π + log σ_i + Σ_t log σ_t,i)
 *   log p(x) ≥ E_q [log p(x|z) + log p(z) − log q(z|x)]
 *
 * `step` maximises the mean of the bound at one draw. Its KL term may be warmed up, and the first
 * `free` nats of each dimension are free, as in the paper.
 */
export interface IafVae extends LatentModel {
  readonly flow: Iaf;
  /** What the encoder says of images [B, H, W, C]: q(z₀|x), and h [B, H] for the flow. */
  encode(x: Tensor): Posterior & { h: Tensor };
}

/** A VAE with an IAF posterior for images [H, W, C] with values 0..1 in steps of 1 / `white`. */
export function iafVae(config: Config<'iaf_vae'>, shape: Shape, white: number): IafVae {
  const { latent, context } = config;
  const { encoder, decoder } = networksOf(config, shape, 2 * latent + context);
  const flow = iaf(config.flows, latent, config.units, context);
  const pixels = pixelsOf(config.decoder, white);
  const variables = {
    encoder: encoder.variables,
    decoder: decoder.variables,
    flow: flow.variables,
    ...pixels.variables,
  };
  const optimiser = adam(variables);

  const encode = (x: Tensor) => {
    const [mu, logVar, h] = split(encoder.run(x), [latent, latent, context], 1);
    return { mu, logVar, h };
  };
  const embed = (x: Tensor) => {
    const q = encode(x);
    return flow.forward(q.mu, q.h)[0];
  };
  const decode = (z: Tensor) => pixels.mean(decoder.run(z));

  /** Draws of z, [.., B, Z], with log p(x|z), [.., B], and log q(z|x) − log p(z) by dimension. */
  const draw = (x: Tensor, lead: Shape = []) => {
    const q = encode(x);
    const eps = noise(q, lead);
    const [z, logAbsDet] = flow.forward(reparameterise(q, eps), q.h);
    const kls = sub(logRatio(q, z, eps), logAbsDet);
    return { reconstruction: pixels.logLikelihood(x, decoder.run(z)), kls };
  };

  return {
    variables,
    optimisers: { optimiser },
    rows: config.batch,
    latent,
    flow,
    encode,
    embed,
    decode,
    kls: (x) => draw(x).kls,

    bound(x) {
      const { reconstruction, kls } = draw(x);
      return { reconstruction, kl: sum(kls, 1) };
    },

    logWeights(x, draws) {
      const { reconstruction, kls } = draw(x, [draws]);
      return sub(reconstruction, sum(kls, -1));
    },

    step(x, i) {
      const terms = draw(x);
      const reconstruction = neg(mean(terms.reconstruction));
      const kl = mean(sum(terms.kls, 1));
      const counted = countedKl(terms.kls, config.free);
      const loss = add(reconstruction, mul(counted, schedules.warmUp(i, config.warm)));
      optimiser.update(grad(loss, optimiser.variables), { lr: config.lr });
      return { loss, reconstruction, kl };
    },

    views: latentViews({ latent, embed, decode }),
    sampler: (n) => onePass(() => decode(normal([n, latent]))),
  };
}

// Beside the paper: tanh networks instead of residual ones with ELU, one layer of latent variables,
// Adam instead of Adamax.
