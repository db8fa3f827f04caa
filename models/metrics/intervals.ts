import { randomStream } from '../data/random.ts';

/** From, to. */
export type Interval = readonly [number, number];

/**
 * Wilson's interval of a share, of which `hits` of `n` were seen: z standard deviations wide, 1.96 for
 * 95 %. It stays within 0..1 and says something where no or all were seen. Source: Wilson 1927, by Brown,
 * Cai and DasGupta, Interval Estimation for a Binomial Proportion (Statistical Science 2001), eq. 4.
 */
export function wilson(hits: number, n: number, z = 1.959964): Interval {
  if (n === 0) return [0, 1];
  const p = hits / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  return [Math.max(0, (centre - half) / whole), Math.min(1, (centre + half) / whole)];
}

/**
 * The interval that holds the middle `level` of a statistic over resamples with replacement, say of the
 * results of seeds. Of fewer than five it is too narrow, and of three no more than their range. Always
 * the same draws. Source: Efron, Bootstrap Methods (Annals of Statistics 1979); percentiles.
 */
export function bootstrap(
  values: readonly number[],
  statistic: (values: readonly number[]) => number = mean,
  { draws = 2000, level = 0.95 } = {},
): Interval {
  const random = randomStream(0, 0);
  const some = () => values.map(() => values[Math.floor(random.uniform() * values.length)]);
  const found = Float64Array.from({ length: draws }, () => statistic(some())).sort();
  const at = (share: number) => found[Math.min(draws - 1, Math.floor(share * draws))];
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
