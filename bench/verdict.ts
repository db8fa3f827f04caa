import { type Interval, median, medianInterval } from './statistics.ts';
import type { Comparison, Verdict } from './types.ts';

/** Differences up to this ratio are not called: machines differ that much from run to run. */
export const MARGIN = 1.02;

/**
 * Confidence of the interval that a verdict rests on. The race looks at most ten times whether it
 * may stop, so all its looks together are wrong in at most 10 x 0.5 % of the races between equals.
 */
const VERDICT_CONFIDENCE = 0.995;
const LOOKS = 10;

/** After how many rounds the race looks: at most ten numbers, further and further apart. */
export function looks(least: number, most: number): number[] {
  const growth = (most / least) ** (1 / (LOOKS - 1));
  const rounds = Array.from({ length: LOOKS }, (_, i) => Math.round(least * growth ** i));
  return [...new Set(rounds)];
}

/**
 * Speed-up of a over b in each round that both ran: b's time over a's. Drift that touches both
 * cancels.
 */
const speedUps = (a: readonly number[], b: readonly number[]): number[] =>
  a.slice(0, b.length).map((time, i) => b[i] / time);

/** What may be said of an interval of speed-ups. */
function judge(interval: Interval | null): Verdict {
  if (interval && interval[0] > MARGIN) return 'faster';
  if (interval && interval[1] < 1 / MARGIN) return 'slower';
  return 'unsure';
}

/**
 * Compares two contestants of one race by their paired rounds.
 * @param a milliseconds by round of the row at hand
 * @param b of the other, called `name`
 */
export function compare(name: string, a: readonly number[], b: readonly number[]): Comparison {
  const ratios = speedUps(a, b);
  const verdict = judge(medianInterval(ratios, VERDICT_CONFIDENCE));
  return { name, ratio: median(ratios), ci: medianInterval(ratios), verdict };
}

/** Whether more rounds would tell nothing: a verdict is reached, or the two are equal in the margin. */
export function decided(a: readonly number[], b: readonly number[]): boolean {
  const interval = medianInterval(speedUps(a, b), VERDICT_CONFIDENCE);
  if (!interval) return false;
  return judge(interval) !== 'unsure' || (interval[0] > 1 / MARGIN && interval[1] < MARGIN);
}

/** Whether the median of a contestant that races alone is known within the margin. */
export function known(samples: readonly number[]): boolean {
  const interval = medianInterval(samples, VERDICT_CONFIDENCE);
  return !!interval && interval[1] < interval[0] * MARGIN;
}
