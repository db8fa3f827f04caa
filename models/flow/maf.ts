import {
  broadcastTo,
  flip,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  variable,
  where,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { over } from '../settings.ts';
import { manyPasses, type Sampler } from '../sampler.ts';
import { standardise } from './couplings.ts';
import { brightness, logits } from './dequantise.ts';
import { type Flow, type ImageFlow, imageFlow, pointFlow } from './likelihood.ts';
import { type Autoregression, maskedAutoregression, planeAutoregression } from './made.ts';
import { gaussian } from './prior.ts';
import { chain, each, reshaped, mapped, type Transform, unchanged } from './transform.ts';

/**
 * Masked autoregressive flow. G. Papamakarios, T. Pavlakou and I. Murray, Masked Autoregressive Flow for
 * Density Estimation, 2017, arXiv 1705.07057.
 *
 *   x_i = u_i exp(α_i) + μ_i,  μ_i = f_μi(x_1..i−1),  α_i = f_αi(x_1..i−1),  u_i ~ N(0, 1)      eq. (3)
 *   u_i = (x_i − μ_i) exp(−α_i)                                                           eq. (4)
 *   log |det ∂u/∂x| = −Σ α_i                                                              eq. (5)
 *
 * A MADE gives all μ and α at once, so densities take one pass and samples one for each dimension. The
 * order of the dimensions is reversed after each layer (section 3.2).
 */
export function maf(config: Config<'maf'>): Flow {
  const { layers, hidden } = config;
  const networks = Array.from({ length: layers }, () => planeAutoregression(hidden));
  const trained = networks.map(({ variables }) => variables);
  return pointFlow(chain(...layersOf(networks, 2)), { networks: trained }, config);
}

/** MAF for images [H, W, C] of levels 0..white, pixel by pixel; it draws samples in many passes. */
export function mafImages(config: Config<'maf'>, shape: Shape, white: number): ImageFlow {
  const { layers, hidden } = config;
  const size = sizeOf(shape);
  const networks = Array.from({ length: layers }, () => maskedAutoregression(size, hidden));
  const trained = networks.map(({ variables }) => variables);
  const before = chain(each(logits), reshaped(shape, [size]));
  const flow = imageFlow(
    { transform: chain(before, ...layersOf(networks, size)) },
    over(config, {
      ...{ shape, white, warm: 50, temperature: 1 },
      trained: { networks: trained },
    }),
  );
  const finish = (x: Tensor) => brightness(before.inverse(x)[0], white);
  return { ...flow, sampler: (n) => ancestral(networks, [n, size], finish) };
}

/**
 * The transform of eq. (4), with its inverse, eq. (3), by one pass for each dimension: pass k gets
 * dimension k right from those before it, which are right already.
 */
export function autoregressive(network: Autoregression, size: number): Transform {
  const sample = (u: Tensor, x: Tensor) => standardise(network.of(x)).inverse(u);
  return {
    forward: (x) => each(standardise(network.of(x))).forward(x),
    inverse(u) {
      let result = sample(u, broadcastTo(0, u.shape));
      for (let pass = 1; pass < size; pass++) result = sample(u, result[0]);
      return mapped(result);
    },
  };
}

/** The dimensions in reverse order. */
export const reversal: Transform = {
  forward: (x) => [flip(x, 1), unchanged()],
  inverse: (y) => [flip(y, 1), unchanged()],
};

function layersOf(networks: readonly Autoregression[], size: number): Transform[] {
  return networks.flatMap((network, i) =>
    i === 0 ? [autoregressive(network, size)] : [reversal, autoregressive(network, size)],
  );
}

/** Samples [n, D] of layer after layer, one run of a step for each dimension. */
function ancestral(
  networks: readonly Autoregression[],
  [n, size]: Shape,
  finish: (x: Tensor) => Tensor,
): Sampler {
  const [u, x] = ['noise', 'sample'].map((name) => variable(null, [n, size], { name }));
  const passes = networks.length * size;
  return manyPasses(passes, {
    pass(i) {
      if (i === 0) u.assign(gaussian.draw([n, size]));
      const layer = networks.length - 1 - Math.floor(i / size);
      const [before, noise] = [x, u].map((state) => reshape(state, [n, size]));
      const [next] = standardise(networks[layer].of(before)).inverse(noise); // eq. (3)
      const ends = Number((i + 1) % size === 0);
      x.assign(next);
      u.assign(where(ends, flip(next, 1), noise));
    },
    result: () => finish(reshape(x, [n, size])),
    free() {
      for (const state of [u, x]) state.dispose();
    },
  });
}

// Beside the paper: |α| is bounded by 2 tanh, there is no batch normalisation, and hidden units aren't
// assigned degrees at random.
