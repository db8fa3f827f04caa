/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** Uniform numbers in [0, 1): mulberry32, the same on every machine. */
export function generator(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `n` numbers, uniform in [-bound, bound). */
export const uniform = (n: number, bound: number, random: Random): Float32Array =>
  Float32Array.from({ length: n }, () => (2 * random() - 1) * bound);

/** Uniform in [-1, 1) with one element in 997 `factor` times larger: cancellation shows. */
export const spiky = (n: number, random: Random, factor = 100): Float32Array =>
  uniform(n, 1, random).map((v, i) => (i % 997 === 500 ? v * factor : v));

/** `n` whole numbers below `below`. */
export const whole = (n: number, below: number, random: Random): Float32Array =>
  Float32Array.from({ length: n }, () => Math.floor(random() * below));
