import { equal, normal, type Shape, type Tensor, variable, where } from '../../engine/index.ts';
import { manyPasses, type Sampler } from '../sampler.ts';
import type { Denoised } from './prediction.ts';

/** What is made of x_t [n, ...] at step t of a schedule. In a step; all t record the same. */
export type Denoise = (
  x: Tensor,
  t: number,
) => Denoised & {
  /** log of the variance of x_(t−1), where the network has learned it. */
  readonly logVariance: Tensor | null;
};

/** A chain from noise to data: pass i = 0, 1, ... makes the next x of x. All record the same. */
export interface Chain {
  readonly passes: number;
  move(x: Tensor, i: number): Tensor;
}

/**
 * Draws examples of a shape [n, ...] by a chain, one submit for each pass. It begins with N(0, I), or with
 * `start`; `finish` makes examples of the data of x.
 */
export function draws(
  shape: Shape,
  { passes, move }: Chain,
  finish: (x: Tensor) => Tensor,
  start: () => Tensor = () => normal(shape),
): Sampler {
  const state = variable(null, shape, { name: 'x_t' });
  return manyPasses(passes, {
    pass(i) {
      const next = move(where(equal(i, 0), start(), state), i);
      state.assign(next);
      return finish(next);
    },
    free: () => state.dispose(),
  });
}
