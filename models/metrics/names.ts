/** What every metric of samples is called, and where better is. */
export const sampleMetrics = {
  frechet: { title: 'Fréchet distance', better: 'lower' },
  kid: { title: 'kernel distance KID', better: 'lower' },
  mmd2: { title: 'MMD²', better: 'lower' },
  energyDistance: { title: 'energy distance', better: 'lower' },
  precision: { title: 'precision', better: 'higher' },
  recall: { title: 'recall', better: 'higher' },
  density: { title: 'density', better: 'higher' },
  coverage: { title: 'coverage', better: 'higher' },
  c2st: { title: 'C2ST accuracy', better: 'lower' },
  copies: { title: 'copies', better: 'lower' },
  classifierScore: { title: 'classifier score', better: 'higher' },
} as const;
export type SampleMetric = keyof typeof sampleMetrics;

/** Sample metrics by name; the classifier score where there is a classifier. */
export type SampleMetrics = Record<Exclude<SampleMetric, 'classifierScore'>, number> & {
  classifierScore?: number;
};

/** Metrics with a name before theirs: `ddimFrechet`. */
export const named = (name: string, metrics: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics).map(([key, value]) => [
      `${name}${key[0].toUpperCase()}${key.slice(1)}`,
      value,
    ]),
  );
