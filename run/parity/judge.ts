import type { RunRow } from '../kept.ts';
import type { Spread } from '../spread.ts';
import reference from './reference.json' with { type: 'json' };

/** How one of our metrics is compared with the reference's. */
export interface Compared {
  /** Name of the metric in the reference. */
  reference: string;
  /** Which direction passes whatever the distance; null when neither does. */
  better: 'lower' | 'higher' | null;
  /** Tolerance beside the statistical one. */
  delta: number;
}

/** One training run that the reference did as well. */
export interface ParityRow extends RunRow {
  metrics: Readonly<Record<string, Compared>>;
}

/** A metric that is better when lower than the reference's. */
export const lower = (name: string, delta: number): Compared => ({
  reference: name,
  better: 'lower',
  delta,
});
/** A metric that is better when higher than the reference's. */
export const higher = (name: string, delta: number): Compared => ({
  reference: name,
  better: 'higher',
  delta,
});
/** A metric that must be near the reference's. */
export const near = (name: string, delta: number): Compared => ({
  reference: name,
  better: null,
  delta,
});

/** The reference's mean and spread of a metric of a row. Throws when it has none. */
export function referenceOf(row: ParityRow, metric: Compared): Spread & { seeds: number } {
  const table = reference as unknown as Record<string, Record<string, Spread> & { seeds: number }>;
  const found = table[row.name]?.[metric.reference];
  if (!found) throw new Error(`internal: the reference has no ${metric.reference} of ${row.name}.`);
  return { ...found, seeds: table[row.name].seeds };
}

/**
 * The parity rule: the means may differ by twice the standard error of their difference plus a
 * tolerance; being better always passes.
 */
export function judge(ours: Spread, seeds: number, row: ParityRow, metric: Compared) {
  const theirs = referenceOf(row, metric);
  const error = Math.sqrt(theirs.sd ** 2 / theirs.seeds + ours.sd ** 2 / seeds);
  const allowed = 2 * error + metric.delta;
  const difference = ours.mean - theirs.mean;
  const better =
    (metric.better === 'lower' && difference < 0) || (metric.better === 'higher' && difference > 0);
  return { theirs, difference, allowed, pass: better || Math.abs(difference) <= allowed };
}
