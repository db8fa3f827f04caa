import { logSoftmax, mul, relu, reshape, split, type Tensor, tanh } from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { mlp, mlpInit } from '../mlp.ts';
import { couplings, halves } from './couplings.ts';
import { type Flow, pointFlow } from './likelihood.ts';
import { type MixtureParameters, mixtureLogistic } from './mixture.ts';

/**
 * Flow++. J. Ho, X. Chen, A. Srinivas, Y. Duan and P. Abbeel, Flow++: Improving Flow-Based Generative Models
 * with Variational Dequantization and Architecture Design, 2019, arXiv 1902.00275.
 *
 *   y₁ = x₁,  y₂ = logit(MixLogCDF(x₂; π, μ, s)) · exp(a) + b,  parameters from x₁       eq. (16)
 *   MixLogCDF(x; π, μ, s) = Σ_k π_k σ((x − μ_k) exp(−s_k))                                eq. (14)
 *
 * Here on points of the plane, whose two coordinates are the halves; on images, with variational
 * dequantisation and attention, in flowpp_images.ts.
 */
export function flowpp(config: Config<'flowpp'>): Flow {
  const { layers, hidden, components } = config;
  const widths = [1, hidden, hidden, 3 * components + 2];
  const networks = Array.from({ length: layers }, () => mlpInit(widths));
  const conditioners = networks.map((network) => (x1: Tensor) => {
    const outputs = reshape(mlp(network, x1, relu), [-1, 1, 3 * components + 2]);
    return mixtureLogistic(parametersOf(outputs, components));
  });
  return pointFlow(couplings(halves, conditioners), { couplings: networks }, config);
}

/** Outputs of a network [..., 3K + 2] as the parameters of K components, all within bounds. */
export function parametersOf(outputs: Tensor, components: number): MixtureParameters {
  const K = components;
  const parts = split(outputs, [K, K, K, 1, 1], -1);
  const [logits, mean, logScale, a, b] = parts;
  const shape = outputs.shape.slice(0, -1);
  return {
    logWeight: logSoftmax(logits),
    mean: mul(mean, 2),
    logScale: mul(tanh(mul(logScale, 1 / 3)), 3),
    a: mul(tanh(reshape(a, shape)), 2),
    b: reshape(b, shape),
  };
}

// Beside the paper: |s| < 3 and |a| < 2, by tanh; two dimensions need no other layers than couplings.
