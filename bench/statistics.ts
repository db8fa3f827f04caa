/** The q-quantile (0 to 1) of the samples, by linear interpolation; NaN without samples. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Interquartile range over median: how much the middle half of the samples disagrees. */
export const spread = (samples: readonly number[]): number =>
  (quantile(samples, 0.75) - quantile(samples, 0.25)) / median(samples);

export type Interval = [number, number];

/**
 * An interval that holds the median of what the samples were drawn from with at least this
 * confidence, whatever their distribution: the k-th smallest to the k-th largest, where k follows
 * from the binomial distribution of how many samples fall below the median.
 * @returns null where even the smallest to the largest say less: 6 samples are needed for 95 %
 */
export function medianInterval(samples: readonly number[], confidence = 0.95): Interval | null {
  const n = samples.length;
  const sorted = [...samples].sort((a, b) => a - b);
  let probability = 0.5 ** n; // of exactly k samples below the median
  let tail = probability;
  let k = 0;
  while (2 * tail <= 1 - confidence && k < n / 2) {
    k++;
    probability *= (n - k + 1) / k;
    tail += probability;
  }
  return k === 0 ? null : [sorted[k - 1], sorted[n - k]];
}

/**
 * Bootstrap interval of the ratio of two medians whose samples are not paired, as of two runs.
 * @param random uniform in [0, 1)
 */
export function ratioInterval(
  above: readonly number[],
  below: readonly number[],
  random: () => number,
  confidence = 0.99,
): Interval | null {
  if (Math.min(above.length, below.length) < 5) return null;
  const draw = (from: readonly number[]) =>
    median(from.map(() => from[Math.floor(random() * from.length)]));
  const ratios = Array.from({ length: 2000 }, () => draw(above) / draw(below));
  const tail = (1 - confidence) / 2;
  return [quantile(ratios, tail), quantile(ratios, 1 - tail)];
}
