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
  /** Calls before the first sample, at most. */
  warmup: number;
  /** A sample lasts at least this long, by looping. */
  sampleMs: number;
  rounds: { least: number; most: number; budgetMs: number };
}

export type Clock = () => number;

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

/** Warms up, then says how many calls make a sample long enough. */
async function calibrate(work: Work, plan: Plan, now: Clock): Promise<number> {
  let last = 0;
  const from = now();
  for (let i = 0; i < plan.warmup; i++) {
    last = await sample(work, plan.mode, 1, now);
    if (i > 0 && now() - from > 2000) break;
  }
  if (plan.mode === 'host') return 1;
  return Math.min(1000, Math.max(1, Math.ceil(plan.sampleMs / last)));
}

/** Warms up every work and says how many calls each of its samples needs. */
export async function warmUp(
  works: Record<string, Work>,
  plan: Plan,
  now: Clock,
): Promise<Record<string, number>> {
  const loops: Record<string, number> = {};
  for (const [name, work] of Object.entries(works)) loops[name] = await calibrate(work, plan, now);
  return loops;
}

/**
 * Races the works against each other: rounds in which each gives one sample, starting with another
 * one every round, so that drift of the machine touches all alike.
 * @param loops calls per sample, by name
 * @param tell called with the fraction done, 0 to 1
 * @returns milliseconds per call, one number per round, by name
 */
export async function race(
  works: Record<string, Work>,
  loops: Record<string, number>,
  plan: Plan,
  now: Clock,
  tell: (fraction: number) => void = () => {},
): Promise<Record<string, number[]>> {
  const names = Object.keys(works);
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  const { least, most, budgetMs } = plan.rounds;
  const from = now();
  for (let round = 0; round < most; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      samples[name].push(await sample(works[name], plan.mode, loops[name], now));
    }
    const byTime = round + 1 < least ? 0 : (now() - from) / budgetMs;
    tell(Math.min(1, Math.max(byTime, (round + 1) / most)));
    if (byTime >= 1) break;
  }
  return samples;
}
