import { grad, mean, neg, type Shape } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { over } from '../settings.ts';
import { logMeanWeight } from './latent.ts';
import { stagedRate } from './rate.ts';
import { type Vae, vae } from './vae.ts';

/**
 * Importance weighted autoencoder: a VAE trained on a tighter bound. Y. Burda, R. Grosse and
 * R. Salakhutdinov, Importance Weighted Autoencoders, 2015, arXiv 1509.00519.
 *
 *   L_k(x) = E [log 1/k Σ w_i],  w_i = p(x, z_i) / q(z_i|x),  z_1 .. z_k ~ q(z|x)         eq. (8)
 *   L_1 ≤ L_2 ≤ .. ≤ L_k ≤ log p(x),  L_1 the bound of the VAE                          theorem 1
 *   ∇ L_k = E [Σ w̃_i ∇ log w_i],  w̃_i = w_i / Σ w                                        eq. (14)
 *
 * The weights forgive a q(z|x) that often misses, so p(x) gets better while L_1 gets worse.
 */
export function iwae(config: Config<'iwae'>, shape: Shape, white: number): Vae {
  const model = vae(over(config, { beta: 1, warm: 0, free: 0, bound: 'sampled' }), shape, white);
  const { optimiser } = model.optimisers;
  return {
    ...model,

    step(x, i) {
      const logW = model.logWeights(x, config.samples); // [k, B]
      const loss = neg(mean(logMeanWeight(logW))); // −L_k, eq. (8)
      // Differentiating the log of the mean weighs each ∇ log w_i by w̃_i: eq. (14).
      optimiser.update(grad(loss, optimiser.variables), { lr: stagedRate(config, i) });
      return { loss, negativeBound: neg(mean(logW)) };
    },
  };
}

// Beside the paper: one layer of latent variables, PyTorch's initial weights, Adam's epsilon 1e-8
// instead of 1e-4.
