import { concat, cos, mul, reshape, sin, type Tensor, tensor } from '../../engine/index.ts';

/** sin and cos of each of x [B, D] at some frequencies: [B, 2 · D · frequencies]. */
function waves(x: Tensor, frequencies: readonly number[]): Tensor {
  const phases = mul(reshape(x, [...x.shape, 1]), tensor(frequencies));
  const flat = reshape(phases, [x.shape[0], -1]); // [B, D · frequencies]
  return concat([sin(flat), cos(flat)], 1);
}

/**
 * Fourier features of x [B, D] at the frequencies π/2 · 2ᵏ, k = 0 ... count − 1, of which the slowest has
 * the period 4: first all sines, then all cosines, [B, 2 · D · count] (M. Tancik et al., Fourier Features
 * Let Networks Learn High Frequency Functions in Low Dimensional Domains, 2020, arXiv 2006.10739).
 */
export const octaves = (x: Tensor, count: number): Tensor =>
  waves(
    x,
    Array.from({ length: count }, (_, k) => 2 ** k * (Math.PI / 2)),
  );

/**
 * Sinusoidal embedding of times t [B] in steps, [B, size]: periods from 2π to 10,000 · 2π, first all sines
 * (A. Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762, section 3.5). `size` is even.
 */
export const sinusoids = (t: Tensor, size: number): Tensor =>
  waves(
    reshape(t, [-1, 1]),
    Array.from({ length: size / 2 }, (_, k) => 10_000 ** (-k / (size / 2))),
  );
