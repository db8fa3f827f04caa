import {
  adam,
  crossEntropy,
  div,
  equal,
  less,
  logicalAnd,
  maximum,
  reshape,
  sum,
  type Tensor,
  uniform,
  broadcastTo,
  where,
} from '../../engine/index.ts';
import { choose } from '../autoregressive/sampling.ts';
import type { Config } from '../catalog.ts';
import type { Denoiser } from './denoisers.ts';
import { chain, type DiscreteDiffusion, descend, stratified } from './diffusion.ts';
import { maskOf, type Symbols } from './symbols.ts';

/**
 * MDLM. S. S. Sahoo et al., Simple and Effective Masked Diffusion Language Models, 2024, arXiv 2406.07524.
 *
 *   q(z_t | x) = Cat(α_t x + (1 − α_t) m),  α_t = 1 − t                                  section 3.2.1
 *   q(z_s | z_t, x): what is no mask stays; a mask becomes x with probability (t − s) / t  section 3.2.2
 *   p_θ(z_s | z_t) = q(z_s | z_t, x_θ(z_t, t)), where x_θ is never the mask              section 3.2.3
 *   −log p(x) ≤ E_q ∫₀¹ α'_t / (1 − α_t) Σ_ℓ log ⟨x_θ^ℓ(z_t, t), x^ℓ⟩ dt                 section 3.5
 *
 * The sum is over the masked places ℓ, and −α'_t / (1 − α_t) = 1 / t. `step` minimises the bound: every
 * masked symbol is told from those around it, as in a masked language model, at times spread evenly. A
 * sample shows symbols in random order, one or many in a pass, and never hides one again: so any part of
 * it may be given.
 */
export function mdlm(
  config: Config<'mdlm'>,
  symbols: Symbols,
  denoiser: Denoiser,
): DiscreteDiffusion {
  const optimiser = adam(denoiser.variables);

  const bound = (x: Tensor, times: Tensor) => {
    const t = maximum(times, LEAST);
    const hidden = hide(x, t);
    const z = where(hidden, maskOf(symbols), x); // section 3.2.1
    return maskedBound(denoiser.logits(z, t), x, hidden, t);
  };

  return {
    symbols,
    variables: denoiser.variables,
    optimisers: { optimiser },
    rows: config.batch,
    bound,

    step(x, i) {
      const losses = bound(symbols.read(x), stratified(config.batch));
      return descend(optimiser, losses, config, 10, i);
    },

    sampler(n, { passes = config.passes, ...drawing } = {}) {
      return chain(n, symbols, passes, drawing, {
        start: (given) => given ?? maskOf(symbols),
        move(z, i) {
          const [t, s] = [1 - i / passes, 1 - (i + 1) / passes];
          const x = choose(denoiser.logits(z, broadcastTo(t, [n])), config);
          const shown = less(uniform(z.shape), (t - s) / t); // section 3.2.2
          return where(logicalAnd(equal(z, maskOf(symbols)), shown), x, z);
        },
      });
    },
  };
}

/** The smallest time, at which a symbol is masked once in a thousand times. */
const LEAST = 1e-3;

/** Which symbols [B, D] the masks hide at times t [B]: each with probability t. */
export const hide = (x: Tensor, t: Tensor): Tensor => less(uniform(x.shape), reshape(t, [-1, 1]));

/**
 * The bound at times t [B], section 3.5: the cross-entropy of the hidden symbols over t. [B], nats.
 * @param logits [B, D, V]
 * @param x [B, D] u32
 * @param hidden [B, D], not 0 where a mask stood
 */
export const maskedBound = (logits: Tensor, x: Tensor, hidden: Tensor, t: Tensor): Tensor =>
  div(sum(where(hidden, crossEntropy(logits, x), 0), 1), t);

// Beside the paper: the straight schedule alone, as the bound is the same for all; the network hears the
// time; it is trained at times of 1/1000 and more; Adam without decay of weights and without a running
// average of them; and passes that show no symbol are not left out.
