import { mul, relu, split, type Tensor, tanh } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { mlp, mlpInit } from '../mlp.ts';
import { affine, couplings, halves } from './couplings.ts';
import { type Flow, pointFlow } from './likelihood.ts';

/**
 * RealNVP. L. Dinh, J. Sohl-Dickstein and S. Bengio, Density estimation using Real NVP, 2016,
 * arXiv 1605.08803.
 *
 *   log p(x) = log p(z) + log |det ∂z/∂x|,  z = f(x),  p(z) = N(0, I)                     eq. (3)
 *   coupling layer  y₁ = x₁,  y₂ = x₂ ⊙ exp(s(x₁)) + t(x₁),  log |det| = Σ s(x₁)      eq. (4)–(6)
 *   its inverse     x₁ = y₁,  x₂ = (y₂ − t(y₁)) ⊙ exp(−s(y₁))                         eq. (7)–(8)
 *
 * The halves change places after each layer (section 3.5). Here on points of the plane, whose two
 * coordinates are the halves; on images in realnvp_images.ts.
 */
export function realnvp(config: Config<'realnvp'>): Flow {
  const { layers, hidden } = config;
  const networks = Array.from({ length: layers }, () => mlpInit([1, hidden, hidden, 2]));
  const conditioners = networks.map((network) => (x1: Tensor) => {
    const [t, s] = split(mlp(network, x1, relu), 2, 1);
    return affine({ shift: t, logScale: mul(tanh(s), 2) });
  });
  return pointFlow(couplings(halves, conditioners), { couplings: networks }, config);
}

// Beside the paper: |s| is bounded by 2 tanh; two dimensions need no masks, multi-scale or batch
// normalisation.
