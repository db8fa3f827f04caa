import type { SamplerName } from '../../../models/score/sde.ts';
import type { AskWalk } from '../walk.ts';

/** The score at a level of noise, from 0, the most, to 1, the least. */
export interface AskField {
  place: number;
}

/** A score at one level of noise, beside the true one where that is known. */
export interface ScoreField {
  /** x there is scale · data + std · ε. */
  scale: number;
  std: number;
  /** Places of arrows and the score there, [n, 2]. */
  at: Float32Array;
  learned: Float32Array;
  exact: Float32Array | null;
  /** std ‖s − ∇log p‖ over a grid, [side²], row by row from the top. */
  error: Float32Array | null;
  /** Data with that noise, [m, 2], and the mean of (std ‖s − ∇log p‖)² over them. */
  noisy: Float32Array;
  meanError: number | null;
}

/** Walkers by Langevin dynamics at a level of noise. */
export interface AskWalkers extends AskWalk {
  place: number;
  count: number;
}

/** Ways of samples by a sampler, or of data to noise. */
export interface AskWays {
  by: SamplerName | 'own' | 'forward';
  count: number;
}

/** Where points are frame by frame: [frames, n, 2]. */
export interface Ways {
  frames: number;
  places: Float32Array;
}

/** Test images with noise at several levels, and without it by the score. */
export interface Denoised {
  /** Standard deviation of the noise beside the scale of the image. */
  ratios: number[];
  /** [levels, n, H·W·C], 0..1 or beyond. */
  noisy: Float32Array;
  denoised: Float32Array;
}
