import { cases } from './cases.ts';
import { claim, type Ledger, ledger, perCall, watch } from './count.ts';
import { type Plan, race, warmUp } from './measure.ts';
import { judge, kindOf, makeInputs } from './problems/kinds.ts';
import { median, quantile, spread } from './statistics.ts';
import type { Check, Contestant, Header, Inputs, Problem, Row, Work } from './types.ts';

/** What the command line asks of this page, once per page. */
export interface Request {
  case: string;
  /** Why a contestant could not even be loaded, by name. */
  absent: Record<string, string>;
  quick: boolean;
  /** Contracts whose variants take part, as the source of a regular expression; null for none. */
  variants: string | null;
}

declare global {
  interface Window {
    /** Who takes part, in this order. */
    contestants: Contestant[];
    /** Runs one case and gives its rows, without ratios. Call once per page. */
    runCase(request: Request): Promise<Row[]>;
    describeAdapter(): Promise<Header['adapter']>;
    /** Provided by the command line. */
    tell?(fraction: number, note: string): void;
  }
}

function planOf(problem: Problem, quick: boolean): Plan {
  const { mode } = kindOf(problem);
  const host = mode === 'host';
  const warmup = host ? 50 : quick ? 2 : 5; // JS needs many calls until it is compiled
  const most = host ? 200 : quick ? 3 : 21;
  const least = quick ? 3 : 7;
  return { mode, warmup, sampleMs: 40, rounds: { least, most, budgetMs: quick ? 1000 : 20_000 } };
}

interface Ready {
  name: string;
  work: Work;
  check: Check;
  first_ms: number;
}

const now = () => performance.now();
const wrong = (): Check => ({ ok: false, error: Number.NaN, tolerance: Number.NaN });

function failure(name: string, contestant: string, reason: string, check = wrong()): Row {
  const zero = ledger('');
  return {
    case: name,
    contestant,
    median_ms: 0,
    min_ms: 0,
    spread: 0,
    n: 0,
    loop: 0,
    first_ms: 0,
    peakBytes: 0,
    ratio: null,
    check,
    failed: reason,
    samples: [],
    ...perCall(zero, zero, 1),
  };
}

/** Opens the contestant's device, builds the problem and checks its first calls. */
async function makeReady(
  contestant: Contestant,
  problem: Problem,
  inputs: Inputs,
  referee: ReturnType<typeof judge>,
): Promise<Ready | null> {
  const { name } = contestant;
  claim(name);
  await contestant.open();
  const from = now();
  const work = await contestant.prepare(problem, inputs);
  if (!work) return null;
  const reads: Float32Array[][] = [];
  let first_ms = 0;
  for (let i = 0; i < referee.calls; i++) {
    await work.call();
    await work.settle();
    if (i === 0) first_ms = now() - from;
    reads.push(await work.read());
  }
  return { name, work, check: referee.compare(reads), first_ms };
}

function toRow(
  ready: Ready,
  name: string,
  samples: number[],
  loop: number,
  books: [Ledger, Ledger],
): Row {
  const [before, after] = books;
  const { errors, peakBytes } = after;
  return {
    case: name,
    contestant: ready.name,
    median_ms: median(samples),
    min_ms: quantile(samples, 0),
    spread: spread(samples),
    n: samples.length,
    loop,
    first_ms: ready.first_ms,
    ...perCall(before, after, samples.length * loop),
    peakBytes,
    ratio: null,
    check: errors.length ? { ...ready.check, ok: false } : ready.check,
    ...(errors.length ? { failed: errors[0] } : {}),
    samples,
  };
}

window.contestants = [];

window.runCase = async ({ case: name, absent, quick, variants }) => {
  const problem = cases.find((c) => c.name === name)?.problem;
  if (!problem) throw new Error(`internal: no case '${name}'.`);
  const tell = window.tell ?? (() => {});
  watch();
  const inputs = makeInputs(problem);
  const referee = judge(problem, inputs);
  const rows = Object.entries(absent).map(([who, reason]) => failure(name, who, reason));
  const ready: Ready[] = [];
  const queue = [...window.contestants];
  for (let next = queue.shift(); next; next = queue.shift()) {
    tell(0, `checking ${next.name}`);
    try {
      const one = await makeReady(next, problem, inputs, referee);
      if (one?.check.ok) ready.push(one);
      else if (one) rows.push(failure(name, one.name, 'wrong numbers', one.check));
    } catch (error) {
      rows.push(failure(name, next.name, String(error)));
    }
    if (variants !== null) queue.unshift(...(next.variants?.(new RegExp(variants)) ?? []));
  }
  const plan = planOf(problem, quick);
  const works = Object.fromEntries(ready.map(({ name, work }) => [name, work]));
  tell(0, 'warming up');
  const loops = await warmUp(works, plan, now);
  const before = ready.map(({ name }) => ledger(name));
  const samples = await race(works, loops, plan, now, (fraction) => tell(fraction, 'racing'));
  const timed = ready.map((one, i) =>
    toRow(one, name, samples[one.name], loops[one.name], [before[i], ledger(one.name)]),
  );
  return [...timed, ...rows];
};

window.describeAdapter = async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('bench: expected a WebGPU adapter, got none. Check the flags.');
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return { vendor, architecture, description, fallback: isFallbackAdapter };
};
