import { drawn } from './random_bits.ts';

/** Box and Muller of pairs of words, in float64; the logarithm from the nearer end of (0, 1). */
export const cases = drawn(
  (words) =>
    words.map((_, i) => {
      const [w, turn] = [words[i - (i % 2)], words[i - (i % 2) + 1]];
      const minusLog =
        w < 2 ** 31 ? -Math.log((w + 0.5) / 2 ** 32) : -Math.log1p((w + 0.5 - 2 ** 32) / 2 ** 32);
      const angle = (2 * Math.PI * turn) / 2 ** 32;
      return Math.sqrt(2 * minusLog) * (i % 2 ? Math.sin(angle) : Math.cos(angle));
    }),
  4e-7,
);
