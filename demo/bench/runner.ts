import type { Case } from '../../bench/cases.ts';
import { OURS, withComparisons } from '../../bench/report.ts';
import { aboveRoof, higher, withRoofs } from '../../bench/roofs/roofline.ts';
import { racesOf, ranked } from '../../bench/tune/table.ts';
import type { Forced, Row } from '../../bench/types.ts';
import { adapterClass, loadTuning, saveTuning } from '../../engine/tuning.ts';
import type { Tuning } from '../../engine/index.ts';
import { keepRoofs } from './kept-roofs.ts';
import type { Asked, Edited, Machine, Told } from './protocol.ts';

type Answer<K extends Told['kind']> = Extract<Told, { kind: K }>;
type Tell = (fraction: number, note: string) => void;

/** Asks a worker of its own, so that nothing is left of it afterwards. Rejects when stopped. */
export function ask<K extends Told['kind']>(
  asked: Asked,
  answer: K,
  tell: Tell,
  stop: AbortSignal,
): Promise<Answer<K>> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const told = new Promise<Answer<K>>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.kind === 'progress') tell(data.fraction, data.note);
      else if (data.kind === 'failed') reject(new Error(data.message));
      else if (data.kind === answer) resolve(data as Answer<K>);
    };
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker did not start'));
    stop.addEventListener('abort', () => reject(new Error('stopped')));
    worker.postMessage(asked);
  });
  return told.finally(() => worker.terminate());
}

/** What the page of the bench can do, on the machine it has looked at. */
export interface Runner {
  /** Measured again where a row is above its roofs: the first time it may have been busy. */
  machine: Machine;
  /** The table that this browser keeps for the adapter. */
  tuning: Tuning;
  /**
   * The rows of a case, and of every variant of the contracts whose names match `variants`, the source of a
   * regular expression; null for none.
   */
  run(one: Case, variants: string | null, tell: Tell, stop: AbortSignal): Promise<Row[]>;
  /** The rows of a variant, as ours, and of what it was edited to, in a case. */
  edit(one: Case, edited: Edited, tell: Tell, stop: AbortSignal): Promise<Row[]>;
  /** Races all that a case could have chosen and keeps the ranking in this browser. */
  tune(one: Case, tell: Tell, stop: AbortSignal): Promise<Row[]>;
}

/** Calibrates the machine. Rejects where there is no WebGPU. */
export async function openRunner(tell: Tell, stop: AbortSignal): Promise<Runner> {
  const look = async (tell: Tell, stop: AbortSignal): Promise<Machine> => {
    tell(0, 'measuring what this machine can do');
    return (await ask({ kind: 'look' }, 'machine', tell, stop)).machine;
  };
  const machine = await look(tell, stop);
  const name = adapterClass(machine.adapter);
  keepRoofs(name, machine.roofs);
  const race = async (
    one: Case,
    more: { variants?: string | null; quick?: boolean; forced?: Forced[]; edited?: Edited },
    tell: Tell,
    stop: AbortSignal,
  ) => {
    const request = {
      ...{ case: one.name, problem: one.problem, absent: {}, budget: 8 },
      ...{ quick: more.quick ?? false, variants: more.variants ?? null, forced: more.forced },
      ...{ tuning: runner.tuning, quantumMs: machine.clocks.now_us / 1000 },
    };
    const { rows } = await ask({ kind: 'run', request, edited: more.edited }, 'rows', tell, stop);
    for (let i = 0; i < 2 && rows.some((row) => aboveRoof(row, runner.machine.roofs)); i++) {
      const { roofs } = await look(tell, stop);
      runner.machine = { ...machine, roofs: higher(runner.machine.roofs, roofs) };
      keepRoofs(name, runner.machine.roofs);
    }
    return judged(rows, runner.machine);
  };
  const runner: Runner = {
    machine,
    tuning: (await loadTuning(name)) ?? {},
    run: (one, variants, ...rest) => race(one, { variants }, ...rest),
    edit: (one, edited, ...rest) => race(one, { edited }, ...rest),
    async tune(one, tell, stop) {
      const first = await race(one, { quick: true }, tell, stop);
      const choices = first.find((row) => row.contestant === OURS)?.choices ?? [];
      const rows: Row[] = first.filter((row) => row.failed);
      for (const forced of racesOf(choices, {})) {
        rows.push(...(await race(one, { forced }, tell, stop)));
      }
      runner.tuning = ranked(runner.tuning, rows);
      await saveTuning(name, runner.tuning);
      return rows;
    },
  };
  return runner;
}

/** Rows of one case with comparisons and roofs; what is above them fails. */
function judged(rows: readonly Row[], { roofs }: Machine): Row[] {
  const possible = rows.map((row): Row => {
    const why = aboveRoof(row, roofs);
    return why ? { ...row, failed: why } : row;
  });
  return withRoofs(withComparisons(possible), roofs);
}
