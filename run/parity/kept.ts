import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settle } from '../../models/catalog.ts';
import type { Values } from '../../models/settings.ts';
import { writeDurably } from '../folder.ts';
import type { MeasureOutput } from '../jobs.ts';
import type { ParityRow } from './judge.ts';

/** Runs of one row, one for each seed. */
export interface Measured {
  row: ParityRow;
  runs: MeasureOutput[];
}

/** A run as its file holds it. */
interface Kept {
  settings: Values;
  output: MeasureOutput;
}

const pathOf = (folder: string, row: ParityRow, seed: number) =>
  join(folder, `${row.name}-${seed}.json`);

/** The run of a row and seed that a folder holds; null without one, or with other settings. */
export function kept(folder: string, row: ParityRow, seed: number): MeasureOutput | null {
  const path = pathOf(folder, row, seed);
  if (!existsSync(path)) return null;
  const { settings, output } = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  const wanted = settingsOf(row);
  const gone = Object.keys(settings).some((name) => !Object.hasOwn(wanted, name));
  if (gone) return null;
  const had = settle(row.model, row.data, settings); // what came since then had its default
  return JSON.stringify(had) === JSON.stringify(wanted) ? output : null;
}

/** The runs of a row that a folder holds, of those seeds. */
export function measuredOf(folder: string, row: ParityRow, seeds: readonly number[]): Measured {
  const runs = seeds.map((seed) => kept(folder, row, seed));
  return { row, runs: runs.filter((run) => run !== null) };
}

/** Puts a run into the folder, so that a table that was stopped goes on where it was. */
export function keep(folder: string, row: ParityRow, seed: number, output: MeasureOutput): void {
  const run: Kept = { settings: settingsOf(row), output };
  writeDurably(pathOf(folder, row, seed), `${JSON.stringify(run, null, 1)}\n`);
}

const settingsOf = ({ model, data, settings }: ParityRow) => settle(model, data, settings);
