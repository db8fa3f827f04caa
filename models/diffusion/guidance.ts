import { add, less, mul, sub, type Tensor, uniform, where } from '../../engine/index.ts';
import { type TimeNetwork, toldClasses } from '../backbones/network.ts';

/**
 * Classifier-free guidance. J. Ho and T. Salimans, Classifier-Free Diffusion Guidance, 2022,
 * arXiv 2207.12598.
 *
 *   in training   c ← none with probability p_uncond                                  algorithm 1
 *   in sampling   ε̃ = (1 + w) ε_θ(x, c) − w ε_θ(x)                                        eq. (6)
 *
 * One network learns both. The more guidance, the surer the class and the less the variety.
 */

/** Classes [B] u32, each with probability `rate` replaced by K, which stands for none. */
export const dropped = (classes: Tensor, rate: number, K: number): Tensor =>
  where(less(uniform(classes.shape), rate), toldClasses(null, K, classes.shape[0]), classes);

/**
 * What a network says of x [B, ...] at times t [B] of classes [B], as guided by w ≥ 0, eq. (6): any of
 * noise, data and v may be what it predicts, since each is the same affine map of the noise.
 */
export function guided<W>(
  network: TimeNetwork<W>,
  weights: W,
  [x, t, classes]: readonly [x: Tensor, t: Tensor, classes: Tensor],
  w: number,
): Tensor {
  const told = network.run(weights, x, t, classes);
  if (w === 0) return told;
  const free = network.run(weights, x, t, null);
  return add(told, mul(sub(told, free), w));
}

// Beside the paper: the chain may be DDIM's instead of the ancestral one.
