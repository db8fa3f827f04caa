import type { Tuning } from '../engine/index.ts';
import { claim, ledger, watch } from './count.ts';
import { type Clock, calibrate, type Plan, race } from './measure.ts';
import { profileOf } from './profile.ts';
import { judge, kindOf, makeInputs } from './problems/kinds.ts';
import { failure, type Subject, timedRow } from './row.ts';
import { shadersOf } from './shaders.ts';
import { workOf } from './work.ts';
import type { Check, Contestant, Forced, Inputs, Problem, Row, Shader, Work } from './types.ts';

/** One case, as asked for. */
export interface Request {
  case: string;
  problem: Problem;
  /** Why a contestant could not even be loaded, by name. */
  absent: Record<string, string>;
  quick: boolean;
  /** Seconds that the race of a case may last. */
  budget: number;
  /** Contracts whose variants take part, as the source of a regular expression; null for none. */
  variants: string | null;
  /** Variants that take part, each for the sizes it names. */
  forced?: Forced[];
  /** Whether rows tell where their time goes. */
  profile?: boolean;
  /** The table that the engine chooses by. */
  tuning?: Tuning;
  /** Smallest step of the clock in milliseconds. */
  quantumMs: number;
}

/** Where a case runs: a page, a worker, or Node with WebGPU's names on `globalThis`. */
export interface Host {
  /** Who takes part, in this order. */
  contestants: readonly Contestant[];
  now: Clock;
  /** Called with the fraction of the case that is done and what is being done. */
  tell(fraction: number, note: string): void;
}

export interface Result {
  /** Without comparisons, roofs and occupancy. */
  rows: Row[];
  /** What each contestant dispatches in one call, by name. */
  shaders: Record<string, Shader[]>;
}

/** A call that takes this long is warm after it, and one is a sample. */
const SLOW_MS = 1000;

/** How a problem is measured. */
export function planOf(problem: Problem, quick: boolean, budget: number): Plan {
  const { mode } = kindOf(problem);
  const host = mode === 'host';
  const calls = host ? 50 : 2; // JS needs many calls until it is compiled
  const most = host ? 200 : 60;
  return {
    mode,
    warmup: { least: calls, most: 50, budgetMs: quick ? 0 : 300 },
    sampleMs: 40,
    rounds: quick
      ? { least: 3, most: host ? most : 3, budgetMs: 1000 }
      : { least: 9, most, budgetMs: 1000 * budget },
  };
}

interface Ready {
  contestant: Contestant;
  work: Work;
  check: Check;
  first_ms: number;
  compile_ms: number;
}

/** Opens the contestant's device, builds the problem and checks its first calls. */
async function makeReady(
  contestant: Contestant,
  { problem, tuning }: Request,
  inputs: Inputs,
  referee: ReturnType<typeof judge>,
  now: Clock,
): Promise<Ready | null> {
  const { name } = contestant;
  claim(name);
  await contestant.open(tuning);
  const from = now();
  const work = await contestant.prepare(problem, inputs);
  if (!work) return null;
  await work.compile?.();
  const reads: Float32Array[][] = [];
  let first_ms = 0;
  for (let i = 0; i < referee.calls; i++) {
    await work.call();
    await work.settle();
    if (i === 0) first_ms = now() - from;
    reads.push(await work.read());
  }
  const { compileMs } = ledger(name);
  return { contestant, work, check: referee.compare(reads), first_ms, compile_ms: compileMs };
}

/** Makes everyone ready; the rows of those that fail or are wrong go to `rows`. */
async function makeAllReady(request: Request, host: Host, rows: Row[]): Promise<Ready[]> {
  const { problem } = request;
  const subject: Subject = { case: request.case, shape: workOf(problem).shape, problem };
  const inputs = makeInputs(problem);
  const referee = judge(problem, inputs);
  const ready: Ready[] = [];
  const queue = [...host.contestants];
  for (let next = queue.shift(); next; next = queue.shift()) {
    host.tell(0, `checking ${next.name}`);
    try {
      const one = await makeReady(next, request, inputs, referee, host.now);
      if (one?.check.ok) ready.push(one);
      else if (one) rows.push(failure(subject, next, 'wrong numbers', one.check));
    } catch (error) {
      rows.push(failure(subject, next, String(error)));
    }
    queue.unshift(...variantsOf(next, request.variants, request.forced));
  }
  return ready;
}

/**
 * The contestants that race with a contestant's own variants, after it has chosen: every variant of
 * the contracts whose names match, and those forced.
 */
export function variantsOf(
  of: Contestant,
  variants: string | null,
  forced: Request['forced'] = [],
): Contestant[] {
  const wanted = variants === null ? null : new RegExp(variants);
  const names = (of.choices?.() ?? [])
    .filter(({ contract }) => wanted?.test(contract))
    .flatMap(({ contract, applicable }) => applicable.map((v) => `${contract}/${v}`));
  const everywhere = [...new Set(names)].map((name) => {
    const [contract, variant] = name.split('/');
    return { contract, bucket: '*', variant };
  });
  return of.force?.([...everywhere, ...forced]) ?? [];
}

/**
 * Runs one case: checks every contestant against the reference, warms up and races those that are
 * right. Call it once per page, worker or process: its prototypes are counted from then on.
 */
export async function runCase(request: Request, host: Host): Promise<Result> {
  watch();
  const { problem } = request;
  const subject: Subject = { case: request.case, shape: workOf(problem).shape, problem };
  const rows = Object.entries(request.absent).map(([name, why]) => failure(subject, { name }, why));
  const ready = await makeAllReady(request, host, rows);
  const plan = planOf(problem, request.quick, request.budget);
  const works: Record<string, Work> = {};
  const loops: Record<string, number> = {};
  const shaders: Record<string, Shader[]> = {};
  for (const { contestant, work } of ready) {
    const { name } = contestant;
    host.tell(0, `warming up ${name}`);
    try {
      const from = host.now();
      shaders[name] = await shadersOf(async () => {
        await work.call();
        await work.settle();
      });
      const slow = host.now() - from > SLOW_MS;
      loops[name] = slow ? 1 : await calibrate(work, plan, host.now, request.quantumMs);
      works[name] = work;
    } catch (error) {
      rows.push(failure(subject, contestant, String(error)));
    }
  }
  const before = Object.fromEntries(Object.keys(works).map((name) => [name, ledger(name)]));
  const { samples, failures } = await race(works, loops, plan, host.now, (fraction) =>
    host.tell(fraction, 'racing'),
  );
  const timed = ready.flatMap((one) => {
    const { contestant } = one;
    const { name } = contestant;
    if (name in failures) rows.push(failure(subject, contestant, failures[name]));
    if (!samples[name]) return [];
    const books = [before[name], ledger(name)] as const;
    const row = timedRow(subject, { ...one, samples: samples[name], loop: loops[name], books });
    const choices = contestant.choices?.();
    return choices ? [{ ...row, choices }] : [row];
  });
  for (const row of request.profile ? timed : []) {
    row.profile = await profileOf(works[row.contestant]);
  }
  return { rows: [...timed, ...rows], shaders };
}
