import {
  exp,
  mul,
  neg,
  nn,
  relu,
  type Shape,
  sizeOf,
  sum,
  type Tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { over } from '../settings.ts';
import { mlp, mlpInit } from '../mlp.ts';
import { additive, couplings, interleaved } from './couplings.ts';
import { type Flow, type ImageFlow, imageFlow, pointFlow } from './likelihood.ts';
import { logistic } from './prior.ts';
import { chain, reshaped, type Transform } from './transform.ts';

/**
 * NICE. L. Dinh, D. Krueger and Y. Bengio, NICE: Non-linear Independent Components Estimation, 2014,
 * arXiv 1410.8516.
 *
 *   log p(x) = Σ_d log p_d(f_d(x)) + log |det ∂f/∂x|                                      eq. (3)
 *   additive coupling  y₁ = x₁,  y₂ = x₂ + m(x₁),  det = 1                            section 3.2
 *   at the end         z_d = exp(s_d) · h_d,  log |det| = Σ s_d                       section 3.3
 *
 * The halves are the even and the odd dimensions, changed in turn; m is an MLP (section 5.1). p_d is
 * Gaussian on points, logistic on images.
 */
export function nice(config: Config<'nice'>): Flow {
  const { transform, variables } = layersOf(config, [2]);
  return pointFlow(transform, variables, config);
}

/** NICE for images [H, W, C] of levels 0..white, with an even number of dimensions. */
export function niceImages(config: Config<'nice'>, shape: Shape, white: number): ImageFlow {
  const { transform, variables } = layersOf(config, shape);
  const fixed = { shape, white, warm: 50, temperature: 1, prior: logistic };
  return imageFlow({ transform }, over(config, { ...fixed, trained: variables }));
}

function layersOf({ layers, hidden, depth }: Config<'nice'>, shape: Shape) {
  const size = sizeOf(shape);
  const widths = [size / 2, ...Array.from({ length: depth }, () => hidden), size / 2];
  const networks = Array.from({ length: layers }, () => mlpInit(widths));
  const logScale = nn.filled(0, [size], 'log scale');

  const conditioners = networks.map((m) => (x1: Tensor) => additive(mlp(m, x1, relu)));
  const scaling: Transform = {
    forward: (h) => [mul(h, exp(logScale)), sum(logScale)],
    inverse: (z) => [mul(z, exp(neg(logScale))), neg(sum(logScale))],
  };
  const transform = chain(reshaped(shape, [size]), couplings(interleaved, conditioners), scaling);
  return { transform, variables: { couplings: networks, logScale } };
}

// Beside the paper: Adam with a falling learning rate; images aren't whitened.
