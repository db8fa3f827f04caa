import {
  adam,
  add,
  concat,
  grad,
  mean,
  mul,
  normal,
  reshape,
  schedules,
  type Shape,
  split,
  square,
  sub,
  type Tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { type Domain, pixels, squareOf } from './domain.ts';
import type { EnergyModel, ImageEnergy } from './energy.ts';
import { type NegativePhase, negativePhase } from './negative.ts';
import { fourierNetwork, type Network, plainNetwork, residualNetwork } from './networks.ts';

/**
 * Energy-based model. Y. Du and I. Mordatch, Implicit Generation and Modeling with Energy-Based Models,
 * 2019, arXiv 1903.08689.
 *
 *   p(x) = exp(−E(x)) / Z
 *   x_{k+1} = x_k − (ε/2) ∇E(x_k) + √ε ζ                                                  eq. (1)
 *   ∂L/∂θ = E_data ∂E(x⁺)/∂θ − E_p ∂E(x⁻)/∂θ                                              eq. (2)
 *   loss  E(x⁺) − E(x⁻) + α (E(x⁺)² + E(x⁻)²)                                       algorithm 1
 *
 * with x⁻ after a few moves of Langevin dynamics: from a replay buffer of which a few begin anew
 * (persistent), from the data (contrastive divergence) or from noise (short-run; Nijkamp et al. 2019,
 * arXiv 1904.09770).
 */
export interface Ebm extends EnergyModel {
  /** Where x⁻ comes from. */
  readonly negative: NegativePhase;
}

/** Half the side of the square that points live in. */
export const SIDE = 4;

/** An EBM on points [B, 2] of the square [−4, 4]². */
export function ebm(config: Config<'ebm'>): Ebm {
  const network = { plain: plainNetwork, fourier: fourierNetwork }[config.network](config.hidden);
  return trained(network, config, [2], squareOf(SIDE));
}

/** An EBM on images [H, W, C] of 0..1. */
export function ebmImages(config: Config<'ebm'>, shape: Shape): Ebm & ImageEnergy {
  const model = trained(residualNetwork(shape, config.hidden, 1), config, shape, pixels);
  return { ...model, complete: model.negative.complete };
}

function trained(network: Network, config: Config<'ebm'>, shape: Shape, domain: Domain): Ebm {
  const { batch, steps } = config;
  const optimiser = adam(network.trained, { beta1: config.beta1 });
  const energy = (x: Tensor) => reshape(network.run(x), [-1]);
  const negative = negativePhase(energy, shape, domain, config);

  return {
    variables: { network: network.trained, ...negative.variables },
    optimisers: { optimiser },
    rows: batch,
    energy,
    negative,

    step(x, i) {
      const { lr, l2, smooth } = config;
      const data = smooth > 0 ? add(x, mul(normal(x.shape), smooth)) : x;
      const model = negative.draw(data); // eq. (1)
      const [low, high] = split(energy(concat([data, model], 0)), 2, 0);
      const gap = sub(mean(low), mean(high)); // eq. (2)
      const loss = add(gap, mul(mean(add(square(low), square(high))), l2)); // algorithm 1
      const rate = lr * schedules.linearTail(i, steps);
      optimiser.update(grad(loss, optimiser.variables), { lr: rate });
      return { gap, energy: mean(low) };
    },

    sampler: (n) => negative.sampler(n),
  };
}

// Beside the paper: the energy's square keeps it near 0, without spectral normalisation; SiLU instead
// of leaky rectifiers, so that slopes are smooth; the learning rate falls to zero in the second half.
// A step takes chains of the buffer that differ, where the paper's may be one.
