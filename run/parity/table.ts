import { join } from 'node:path';
import { writeDurably } from '../folder.ts';
import { duration } from '../progress.ts';
import type { MeasureOutput } from '../jobs.ts';
import { kept } from '../kept.ts';
import { type Spread, spreadOf } from '../spread.ts';
import { judge, type ParityRow } from './judge.ts';
import { rows } from './rows.ts';

/** Runs of one row, one for each seed. */
export interface Measured {
  row: ParityRow;
  runs: MeasureOutput[];
}

/** The runs of a row that a folder holds, of those seeds. */
export function measuredOf(folder: string, row: ParityRow, seeds: readonly number[]): Measured {
  const runs = seeds.map((seed) => kept<MeasureOutput>(folder, row, seed));
  return { row, runs: runs.filter((run) => run !== null) };
}

/** A row of the table for each metric of a run. */
export function judged({ row, runs }: Measured): { text: string; pass: boolean }[] {
  return Object.entries(row.metrics).map(([name, metric]) => {
    const ours = spreadOf(runs.map((run) => run.test[name]));
    const { theirs, difference, allowed, pass } = judge(ours, runs.length, row, metric);
    const numbers = [show(ours), show(theirs), difference.toFixed(4), allowed.toFixed(4)];
    const cells = [row.name, name, ...numbers, pass ? 'yes' : 'NO'];
    return { text: `| ${cells.join(' | ')} |`, pass };
  });
}

const show = ({ mean, sd }: Spread) => `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;

/** Writes parity.md: all rows of which the folder holds a run for each seed. */
export function writeTable(folder: string, seeds: number[]): void {
  const measured = rows
    .map((row) => measuredOf(folder, row, seeds))
    .filter(({ runs }) => runs.length === seeds.length);
  if (measured.length === 0) return;
  const times = measured.map(
    ({ row, runs }) => `${row.name} ${runs.map((r) => duration(r.seconds)).join(', ')}`,
  );
  const adapters = new Set(measured.flatMap(({ runs }) => runs.map((run) => run.adapter)));
  const markdown = [
    `Parity with PyTorch, seeds ${seeds.join(', ')}, on ${[...adapters].join(' and ')}. A metric passes`,
    'when the means differ by at most 2·√(sd²/n + sd_ref²/n_ref) + δ, or when ours is better.',
    '',
    '| run | metric | ours | PyTorch | difference | allowed | pass |',
    '|---|---|---|---|---|---|---|',
    ...measured.flatMap(judged).map((r) => r.text),
    '',
    `Training time of each seed: ${times.join('; ')}.`,
    '',
  ];
  writeDurably(join(folder, 'parity.md'), markdown.join('\n'));
}
