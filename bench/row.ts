import { type Ledger, ledger, perCall } from './count.ts';
import { median, medianInterval, quantile, spread } from './statistics.ts';
import type { Check, Contestant, Forced, Problem, Row } from './types.ts';
import { workOf } from './work.ts';

const wrong = (): Check => ({ ok: false, error: Number.NaN, tolerance: Number.NaN });

/** What a row is about. */
export interface Subject {
  case: string;
  shape: string;
  problem: Problem;
}

type Entrant = Pick<Contestant, 'name' | 'forced'>;

const variantOf = (forced: Forced | undefined) => ({
  variant: forced ? `${forced.contract}/${forced.variant}` : null,
  bucket: forced?.bucket ?? null,
});

/** What only the rows of one race together can say; filled in by `withComparisons`. */
const alone = {
  gflops: null,
  gbps: null,
  intensity: null,
  roof: null,
  bound: null,
  best_peer: null,
  ratio: null,
  ratio_ci: null,
  verdict: null,
  ours: null,
  occupancy: null,
} satisfies Partial<Row>;

/** The row of a contestant that could not be timed. */
export function failure(
  subject: Subject,
  { name, forced }: Entrant,
  reason: string,
  check = wrong(),
): Row {
  const zero = ledger('');
  return {
    ...subject,
    contestant: name,
    ...variantOf(forced),
    check,
    median_ms: 0,
    ci: null,
    min_ms: 0,
    spread: 0,
    n: 0,
    loop: 0,
    compile_ms: 0,
    first_ms: 0,
    peakBytes: 0,
    ...perCall(zero, zero, 1),
    ...alone,
    failed: reason,
    samples: [],
  };
}

/** What is known of a contestant that was timed. */
export interface Timed {
  contestant: Entrant;
  check: Check;
  compile_ms: number;
  first_ms: number;
  samples: number[];
  loop: number;
  /** The books before the first and after the last sample. */
  books: readonly [Ledger, Ledger];
}

/** The row of a contestant that was timed. */
export function timedRow(subject: Subject, timed: Timed): Row {
  const { contestant, check, compile_ms, first_ms, samples, loop, books } = timed;
  const [before, after] = books;
  const median_ms = median(samples);
  const { flops, bytes } = workOf(subject.problem);
  const [problem] = after.errors;
  return {
    ...subject,
    contestant: contestant.name,
    ...variantOf(contestant.forced),
    check: problem ? { ...check, ok: false } : check,
    median_ms,
    ci: medianInterval(samples),
    min_ms: quantile(samples, 0),
    spread: spread(samples),
    n: samples.length,
    loop,
    compile_ms,
    first_ms,
    ...perCall(before, after, samples.length * loop),
    peakBytes: after.peakBytes,
    ...alone,
    ...(bytes > 0 && { gbps: bytes / median_ms / 1e6 }),
    ...(flops > 0 && { gflops: flops / median_ms / 1e6 }),
    ...(bytes > 0 && flops > 0 && { intensity: flops / bytes }),
    ...(problem ? { failed: problem } : {}),
    samples,
  };
}
