import { decided, known, looks } from './verdict.ts';
import type { Work } from './types.ts';

/** How a sample is taken of a problem. */
export type Mode =
  /** `loop` calls, then one wait for the GPU. */
  | 'throughput'
  /** Every call is waited for. */
  | 'latency'
  /** Only the call itself is timed; the wait for the GPU lies outside. */
  | 'host';

export interface Plan {
  mode: Mode;
  /** Calls before the first sample: at least `least`, then until the time is over. */
  warmup: { least: number; most: number; budgetMs: number };
  /** A sample lasts at least this long, by looping. */
  sampleMs: number;
  /** The race ends with its verdicts, but not before `least` rounds; or with the budget. */
  rounds: { least: number; most: number; budgetMs: number };
}

export type Clock = () => number;

/** A sample is this many steps of the clock at least, so that their size does not show. */
const CLOCK_STEPS = 200;

/** Milliseconds per call, of `loop` calls. */
export async function sample(work: Work, mode: Mode, loop: number, now: Clock): Promise<number> {
  let spent = 0;
  if (mode === 'throughput') {
    const from = now();
    for (let i = 0; i < loop; i++) await work.call();
    await work.settle();
    return (now() - from) / loop;
  }
  for (let i = 0; i < loop; i++) {
    const from = now();
    const done = work.call();
    if (mode === 'host') spent += now() - from;
    await done;
    await work.settle();
    if (mode === 'latency') spent += now() - from;
  }
  return spent / loop;
}

/**
 * Warms up, then says how many calls make a sample long enough.
 * @param quantumMs smallest step of the clock
 */
export async function calibrate(
  work: Work,
  plan: Plan,
  now: Clock,
  quantumMs = 0,
): Promise<number> {
  const { least, most, budgetMs } = plan.warmup;
  const from = now();
  let last = 0;
  for (let i = 0; i < most; i++) {
    last = await sample(work, plan.mode, 1, now);
    if (i + 1 >= least && now() - from > budgetMs) break;
  }
  const wanted =
    plan.mode === 'host'
      ? CLOCK_STEPS * quantumMs
      : Math.max(plan.sampleMs, CLOCK_STEPS * quantumMs);
  return Math.min(1000, Math.max(1, Math.ceil(wanted / Math.max(last, quantumMs, 1e-6))));
}

/** What a race brought. */
export interface Raced {
  /** Milliseconds per call, one number per round, by name; only of those that finished. */
  samples: Record<string, number[]>;
  /** What those that did not finish threw. */
  failures: Record<string, string>;
}

/** Who has used this part of the budget alone runs no more than three rounds; who used all of it, one. */
const OWN_SHARE = 0.5;

/**
 * Races the works against each other: rounds in which each gives one sample, starting with another
 * one every round, so that drift of the machine touches all alike. Who is told apart from the first,
 * or known to be equal to it, runs no further; the race ends when all are, or with the budget. All
 * begin in round one, so the n-th samples of any two are of the same round.
 * @param loops calls per sample, by name; who has none does not run
 * @param tell called with the fraction done, 0 to 1
 */
export async function race(
  works: Record<string, Work>,
  loops: Record<string, number>,
  plan: Plan,
  now: Clock,
  tell: (fraction: number) => void = () => {},
): Promise<Raced> {
  const all = Object.keys(loops);
  const samples = Object.fromEntries(all.map((name) => [name, [] as number[]]));
  const spent = Object.fromEntries(all.map((name) => [name, 0]));
  const failures: Record<string, string> = {};
  const { least, most, budgetMs } = plan.rounds;
  const ends = new Set(looks(least, most));
  let names = all;
  for (let round = 1; round <= most && names.length > 0; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round - 1) % names.length];
      const began = now();
      try {
        samples[name].push(await sample(works[name], plan.mode, loops[name], now));
      } catch (error) {
        failures[name] = String(error);
      }
      spent[name] += now() - began;
    }
    names = names.filter((name) => !(name in failures));
    const used = names.reduce((sum, name) => sum + spent[name], 0); // who has left used its own
    const byTime = round < least ? 0 : used / budgetMs;
    tell(Math.min(1, Math.max(byTime, round / most)));
    if (byTime >= 1) break;
    const slow = (name: string) => spent[name] > (round < 3 ? 1 : OWN_SHARE) * budgetMs;
    const look = ends.has(round);
    names = leftOf(names, samples, (name, done) => slow(name) || (look && done));
    if (look && names.length === 1 && (all.length > 1 || known(samples[names[0]]))) break;
  }
  for (const name of Object.keys(failures)) delete samples[name];
  return { samples, failures };
}

/** The first, and of the others those who do not leave. */
function leftOf(
  names: readonly string[],
  samples: Readonly<Record<string, number[]>>,
  leaves: (name: string, done: boolean) => boolean,
): string[] {
  const [first] = names;
  return names.filter(
    (name) => name === first || !leaves(name, decided(samples[first], samples[name])),
  );
}
