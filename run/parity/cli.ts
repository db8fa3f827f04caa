import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import colors from 'picocolors';
import { catalog, settle } from '../../models/catalog.ts';
import { families } from '../../models/settings.ts';
import { command, type Described, EXIT, parse, refuseOptions, UsageError } from '../command.ts';
import { kept, SAVE_EVERY, trainKept } from '../kept.ts';
import { duration, progress } from '../progress.ts';
import type { ParityRow } from './judge.ts';
import { rows } from './rows.ts';
import { judged, measuredOf, writeTable } from './table.ts';

const DESCRIBED: Described = {
  name: 'parity',
  usage: '<models> [options]',
  options: [
    ['--family <list>', `only these families: ${families.join(', ')}`],
    ['--seeds <list>', 'seeds, separated by commas (default 0,1,2)'],
    ['--only <text>', 'only rows whose name holds this text'],
    ['--again', 'train anew what the folder holds already'],
    ['--out <folder>', 'where every run and parity.md go (default runs/parity)'],
  ],
};

await command('parity', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { seeds: list = '0,1,2', out = 'runs/parity', ...narrowed } = parsed.options;
  const { only = '', family = '', again = false, ...unknown } = narrowed;
  refuseOptions(unknown);
  const seeds = String(list).split(',').map(Number);
  if (!seeds.every((s) => Number.isSafeInteger(s) && s >= 0)) {
    throw new UsageError(`--seeds: expected whole numbers like 0,1,2, got '${list}'.`);
  }
  const wanted = chosen(parsed.args, String(only), listed(String(family)));
  const folder = String(out);
  mkdirSync(folder, { recursive: true });

  for (const row of wanted) {
    for (const seed of seeds) {
      if (again || !kept(folder, row, seed)) await measure(folder, row, seed);
    }
    writeTable(folder, seeds); // a long table is there row by row
  }
  const lines = wanted.flatMap((row) => judged(measuredOf(folder, row, seeds)));
  for (const { text, pass } of lines) console.log(pass ? text : colors.red(text));
  console.log(join(folder, 'parity.md'));
  return lines.every((line) => line.pass) ? EXIT.ok : EXIT.failed;
});

/** The families that a list names, all for an empty one. */
function listed(list: string): readonly string[] {
  const names = list ? list.split(',') : families;
  const unknown = names.find((name) => !(families as readonly string[]).includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--family: unknown '${unknown}'. Choose among ${families.join(', ')}.`);
}

function chosen(models: string[], only: string, among: readonly string[]): ParityRow[] {
  for (const model of models) {
    if (rows.some((row) => row.model === model)) continue;
    const names = [...new Set(rows.map((row) => row.model))].join(', ');
    throw new UsageError(`unknown model '${model}'. Choose among ${names}.`);
  }
  const found = rows.filter(
    ({ name, model }) =>
      name.includes(only) &&
      among.includes(catalog[model].family) &&
      (models.length === 0 || models.includes(model)),
  );
  if (found.length) return found;
  throw new UsageError(`no row matches. Rows: ${rows.map((row) => row.name).join(', ')}.`);
}

/** Trains one run to its end, measures it and keeps what it came to. */
async function measure(folder: string, row: ParityRow, seed: number): Promise<void> {
  const { steps } = settle(row.model, row.data, row.settings);
  const shown = progress(steps, catalog[row.model].losses);
  shown.say(`${row.name}, seed ${seed}`);
  const run = await trainKept('measure', folder, row, seed, { saveEvery: SAVE_EVERY, shown });
  shown.say(`  trained in ${duration(run.seconds)} on ${run.adapter}`);
}
