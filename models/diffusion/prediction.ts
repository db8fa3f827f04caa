import { type Arg, add, clamp, div, mul, sub, type Tensor } from '../../engine/index.ts';

/**
 * What a network predicts of x_t = √ᾱ x_0 + √(1 − ᾱ) ε: the noise, the data, or
 * v = √ᾱ ε − √(1 − ᾱ) x_0 (T. Salimans and J. Ho, Progressive Distillation for Fast Sampling of
 * Diffusion Models, 2022, arXiv 2202.00512, section 4). Any one with x_t gives the others.
 */
export type Prediction = 'epsilon' | 'x0' | 'v';

/** √ᾱ and √(1 − ᾱ), numbers or one for each row. */
export interface Level {
  readonly signal: Arg;
  readonly noise: Arg;
}

/** The level of a schedule at step t; before its first step there is no noise. */
export const levelAt = ({ alphaBar }: { alphaBar: Float64Array }, t: number): Level => ({
  signal: t < 0 ? 1 : Math.sqrt(alphaBar[t]),
  noise: t < 0 ? 0 : Math.sqrt(1 - alphaBar[t]),
});

/** x_t of data and noise, eq. (4) of DDPM. */
export const diffused = (x0: Arg, epsilon: Arg, { signal, noise }: Level): Tensor =>
  add(mul(signal, x0), mul(noise, epsilon));

/** What data and noise a network takes x_t for. */
export interface Denoised {
  readonly x0: Tensor;
  readonly epsilon: Tensor;
}

/** What a network's output says of x_t. */
export function denoised(kind: Prediction, x: Tensor, out: Tensor, level: Level): Denoised {
  const { signal, noise } = level;
  if (kind === 'epsilon') return { epsilon: out, x0: dataOf(x, out, level) };
  if (kind === 'x0') return { epsilon: noiseOf(x, out, level), x0: out };
  return {
    epsilon: add(mul(signal, out), mul(noise, x)),
    x0: sub(mul(signal, x), mul(noise, out)),
  };
}

/** The x_0 of x_t for a noise. */
export const dataOf = (x: Tensor, epsilon: Tensor, { signal, noise }: Level): Tensor =>
  div(sub(x, mul(noise, epsilon)), signal);

/** The noise of x_t for an x_0. */
export const noiseOf = (x: Tensor, x0: Tensor, { signal, noise }: Level): Tensor =>
  div(sub(x, mul(signal, x0)), noise);

/** What a network should have said of data and noise. */
export function target(kind: Prediction, x0: Tensor, epsilon: Tensor, level: Level): Tensor {
  if (kind === 'epsilon') return epsilon;
  if (kind === 'x0') return x0;
  return sub(mul(level.signal, epsilon), mul(level.noise, x0));
}

/** x_0 brought within ±limit, and the noise that then belongs to x_t. */
export function clipped({ x0 }: Denoised, x: Tensor, level: Level, limit: number): Denoised {
  const within = clamp(x0, -limit, limit);
  return { x0: within, epsilon: noiseOf(x, within, level) };
}
