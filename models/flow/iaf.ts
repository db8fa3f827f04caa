import type { Config } from '../catalog.ts';
import { type Flow, pointFlow } from './likelihood.ts';
import { planeAutoregression } from './made.ts';
import { autoregressive, reversal } from './maf.ts';
import { chain, inverted } from './transform.ts';

/**
 * Inverse autoregressive flow. D. P. Kingma, T. Salimans, R. Jozefowicz, X. Chen, I. Sutskever and
 * M. Welling, Improving Variational Inference with Inverse Autoregressive Flow, 2016, arXiv 1606.04934.
 *
 *   z_t = μ_t + σ_t ⊙ z_t−1,  μ_t and σ_t autoregressive in z_t−1                     eq. (9), (10)
 *   log q(z_T) = log q(z_0) − Σ_t Σ_i log σ_t,i                                           eq. (11)
 *
 * MAF in the other direction: the networks see the noise, so a sample takes one pass and the density of a
 * given point one for each dimension. Here it is trained by maximum likelihood on the plane, where those
 * are two; its use is as a posterior of a VAE, which asks for the density of its own samples only.
 */
export function iaf(config: Config<'iaf'>): Flow {
  const networks = Array.from({ length: config.layers }, () => planeAutoregression(config.hidden));
  const layers = networks.flatMap((network) => [inverted(autoregressive(network, 2)), reversal]);
  const trained = networks.map(({ variables }) => variables);
  return pointFlow(chain(...layers), { networks: trained }, config);
}

// Beside the paper: μ and σ are written the other way round, z_t = (z_t−1 − μ) / σ, which is the same
// family; they see the noise alone, not hidden features of data.
