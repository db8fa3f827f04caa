import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelName, settle } from '../models/catalog.ts';
import type { Values } from '../models/settings.ts';
import {
  appendMetrics,
  createRun,
  type RunConfig,
  readCheckpoint,
  readConfig,
  readMetrics,
  type Saved,
  writeCheckpoint,
  writeDurably,
} from './folder.ts';
import { openRunPage } from './host.ts';
import type { Jobs, MeasureInput, RunEvent } from './jobs.ts';
import { type Progress, remark } from './progress.ts';

/** A training run of a table, done once for each seed. */
export interface RunRow {
  /** Name of its files. */
  name: string;
  model: ModelName;
  data: string;
  /** Settings that differ from the catalog's. */
  settings?: Values;
}

/** What a run came to, as its file holds it. */
interface Kept<T> {
  settings: Values;
  output: T;
}

/** A seed, or another thing that is found out of a row once. */
export type Part = number | string;

/** Steps between the checkpoints of a run that a table is made of, unless told. */
export const SAVE_EVERY = 500;

const pathOf = (folder: string, row: RunRow, part: Part) =>
  join(folder, `${row.name}-${part}.json`);

const settingsOf = ({ model, data, settings }: RunRow) => settle(model, data, settings);

/** What a folder holds of a row; null without it, or when it came of other settings. */
export function kept<T>(folder: string, row: RunRow, part: Part): T | null {
  const path = pathOf(folder, row, part);
  if (!existsSync(path)) return null;
  const { settings, output } = JSON.parse(readFileSync(path, 'utf8')) as Kept<T>;
  return same(row, settings) ? output : null;
}

/** Whether settings of old are those of a row; ones that came since then had their default. */
function same(row: RunRow, settings: Values): boolean {
  const wanted = settingsOf(row);
  if (Object.keys(settings).some((name) => !Object.hasOwn(wanted, name))) return false;
  const had = settle(row.model, row.data, settings);
  return JSON.stringify(had) === JSON.stringify(wanted);
}

/** Puts what a row came to into the folder, so that a table that was stopped goes on where it was. */
export function keep<T>(folder: string, row: RunRow, part: Part, output: T): void {
  const run: Kept<T> = { settings: settingsOf(row), output };
  writeDurably(pathOf(folder, row, part), `${JSON.stringify(run, null, 1)}\n`);
}

/** Jobs that train a run to its end, telling of checkpoints, and measure it. */
type Measuring = {
  [J in keyof Jobs]: Jobs[J]['input'] extends MeasureInput ? J : never;
}[keyof Jobs];

/**
 * Trains and measures a run, and keeps what it came to in the folder. While it trains its checkpoints lie
 * in a folder of its own there, from which it goes on, to the bit, when it was killed.
 */
export async function trainKept<J extends Measuring>(
  job: J,
  folder: string,
  row: RunRow,
  seed: number,
  { saveEvery, shown }: { saveEvery: number; shown: Progress },
): Promise<Jobs[J]['output']> {
  const { model, data } = row;
  const config: RunConfig = { model, data, seed, settings: settingsOf(row) };
  const unfinished = join(folder, `${row.name}-${seed}`);
  const saved = begun(unfinished, row);
  if (saved) shown.say(remark(`  goes on from step ${saved.notes.step}`));
  else createRun(unfinished, config);
  const page = await openRunPage((told) => {
    const event = told as RunEvent;
    if (event.kind === 'checkpoint') {
      const { step, seconds, checkpoint } = event;
      appendMetrics(unfinished, [{ step, seconds }]);
      writeCheckpoint(unfinished, Buffer.from(checkpoint, 'base64'));
    }
    if (event.kind !== 'log') return;
    const { step, ...losses } = event.line;
    shown.update(step, losses as Record<string, number>);
  });
  try {
    const checkpoint = saved && Buffer.from(saved.bytes).toString('base64');
    const before = readMetrics(unfinished).findLast(({ step }) => step === saved?.notes.step);
    const seconds = (before?.seconds as number) ?? 0;
    const input: MeasureInput = { ...config, saveEvery, seconds, checkpoint };
    const output = await page.run(job, input as Jobs[J]['input']);
    keep(folder, row, seed, output);
    rmSync(unfinished, { recursive: true });
    return output;
  } finally {
    await page.close();
  }
}

/** The checkpoint that a run of the same settings left behind, null without one. */
function begun(unfinished: string, row: RunRow): Saved | null {
  const config = readConfig(unfinished);
  if (!config || !same(row, config.settings)) return null;
  return readCheckpoint(unfinished, (text) => console.warn(text));
}
