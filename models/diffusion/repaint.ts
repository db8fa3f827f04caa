import {
  add,
  mul,
  normal,
  type Shape,
  type Tensor,
  tensor,
  variable,
  where,
} from '../../engine/index.ts';
import type { Sampler } from '../sampler.ts';
import { ddimMove, subsequence } from './ddim.ts';
import type { Diffusion } from './ddpm.ts';
import { diffused, levelAt } from './prediction.ts';
import { type Chain, type Denoise, draws } from './reverse.ts';
import type { Schedule } from './schedule.ts';

/**
 * RePaint: the rest of an image by a diffusion model that was not trained for it. A. Lugmayr, M. Danelljan,
 * A. Romero, F. Yu, R. Timofte and L. Van Gool, RePaint: Inpainting using Denoising Diffusion Probabilistic
 * Models, 2022, arXiv 2201.09865.
 *
 *   known    x_s = √ᾱ_s x_0 + √(1 − ᾱ_s) z                                                eq. (8a)
 *   unknown  x_s ~ p_θ(x_s | x_t)                                                         eq. (8b)
 *   x_s = m ⊙ known + (1 − m) ⊙ unknown                                                   eq. (8c)
 *   and U − 1 times before it goes on  x_t = √(ᾱ_t / ᾱ_s) x_s + √(1 − ᾱ_t / ᾱ_s) z        algorithm 1
 *
 * Going back and forth lets what is made agree with what is known. U = 1 is mere replacement.
 */
export interface Known {
  /** The data in the network's units, [n, ...]. */
  readonly x: Tensor;
  /** 1 where they are known, else 0: broadcasts to them. */
  readonly mask: Tensor;
}

/** The chain through the steps `times`, rising, each of them `resample` times, U. */
export function repaint(
  denoise: Denoise,
  schedule: Schedule,
  known: () => Known,
  { times, resample }: { times: readonly number[]; resample: number },
): Chain {
  return {
    passes: times.length * resample,
    move(x, i) {
      const at = times.length - 1 - Math.floor(i / resample);
      const [t, s] = [times[at], times[at - 1] ?? -1];
      const options = { eta: 1, noise: normal(x.shape) };
      const unknown = ddimMove(denoise, schedule, [t, s], x, options);
      const { x: data, mask } = known();
      const level = levelAt(schedule, s);
      const mixed = where(mask, diffused(data, normal(x.shape), level), unknown);
      const again = s >= 0 && i % resample < resample - 1;
      const kept = again ? schedule.alphaBar[t] / schedule.alphaBar[s] : 1;
      return add(mul(mixed, Math.sqrt(kept)), mul(normal(x.shape), Math.sqrt(1 - kept)));
    },
  };
}

/** Steps of the chain by which images are completed, and how often each is done again, U. */
const [PASSES, RESAMPLE] = [20, 5];

/** Draws what is not `known`, [H·W] of 0 or 1, of images [H, W, C], [n, H·W·C] row by row. */
export function inpainted(
  { denoise, schedule, units }: Pick<Diffusion, 'denoise' | 'schedule' | 'units'>,
  [height, width, colours]: Shape,
  images: Float32Array<ArrayBuffer>,
  known: Uint8Array,
): Sampler {
  const shape = [images.length / (height * width * colours), height, width, colours];
  const given = variable(images, shape, { name: 'given images' });
  const mask = Float32Array.from(known);
  const chain = repaint(
    denoise(),
    schedule,
    () => ({ x: units.into(given), mask: tensor(mask, [height, width, 1]) }),
    { times: subsequence(schedule.steps, PASSES), resample: RESAMPLE },
  );
  const sampler = draws(shape, chain, units.outOf);
  return {
    ...sampler,
    dispose() {
      sampler.dispose();
      given.dispose();
    },
  };
}

// Beside the paper: jumps back are of the length of one step of `times`, its j = 1.
