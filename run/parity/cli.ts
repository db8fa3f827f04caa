import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import colors from 'picocolors';
import { catalog, settle } from '../../models/catalog.ts';
import { families } from '../../models/settings.ts';
import { command, type Described, EXIT, parse, UsageError } from '../command.ts';
import { writeDurably } from '../folder.ts';
import { openRunPage } from '../host.ts';
import type { MeasureOutput, RunEvent } from '../jobs.ts';
import { duration, progress } from '../progress.ts';
import { judge, type ParityRow, spreadOf } from './judge.ts';
import { rows } from './rows.ts';

const DESCRIBED: Described = {
  name: 'parity',
  usage: '<models> [options]',
  options: [
    ['--family <list>', `only these families: ${families.join(', ')}`],
    ['--seeds <list>', 'seeds, separated by commas (default 0,1,2)'],
    ['--only <text>', 'only rows whose name holds this text'],
    ['--out <folder>', 'where parity.md and parity.json go (default runs/parity)'],
  ],
};

/** The runs of one row, one for each seed. */
interface Measured {
  row: ParityRow;
  seeds: number[];
  runs: MeasureOutput[];
}

await command('parity', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const {
    seeds: list = '0,1,2',
    out = 'runs/parity',
    only = '',
    family = '',
    ...unknown
  } = parsed.options;
  for (const name of Object.keys(unknown)) throw new UsageError(`unknown option --${name}.`);
  const seeds = String(list).split(',').map(Number);
  if (!seeds.every((s) => Number.isSafeInteger(s) && s >= 0)) {
    throw new UsageError(`--seeds: expected whole numbers like 0,1,2, got '${list}'.`);
  }
  const wanted = chosen(parsed.args, String(only), listed(String(family)));
  mkdirSync(String(out), { recursive: true });

  const measured: Measured[] = [];
  for (const row of wanted) {
    const runs: MeasureOutput[] = [];
    for (const seed of seeds) runs.push(await measure(row, seed));
    measured.push({ row, seeds, runs });
    write(String(out), measured); // a long table is kept row by row
  }
  const lines = measured.flatMap(judged);
  for (const { text, pass } of lines) console.log(pass ? text : colors.red(text));
  console.log(`${join(String(out), 'parity.md')} and parity.json`);
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

/** Trains one run to its end and measures it. */
async function measure(row: ParityRow, seed: number): Promise<MeasureOutput> {
  const { name, model, data } = row;
  const settings = settle(model, data, row.settings);
  const shown = progress(settings.steps, catalog[model].losses);
  shown.say(`${name}, seed ${seed}`);
  const page = await openRunPage((event) => {
    if ((event as RunEvent).kind !== 'log') return;
    const { step, ...losses } = (event as RunEvent & { kind: 'log' }).line;
    shown.update(step, losses as Record<string, number>);
  });
  try {
    const result = await page.run('measure', { model, data, seed, settings, checkpoint: null });
    shown.say(`  trained in ${duration(result.seconds)} on ${result.adapter}`);
    return result;
  } finally {
    await page.close();
  }
}

function judged({ row, seeds, runs }: Measured) {
  return Object.entries(row.metrics).map(([name, metric]) => {
    const values = runs.map((run) => run.test[name]);
    const ours = spreadOf(values);
    const verdict = judge(ours, seeds.length, row, metric);
    const { theirs, difference, allowed, pass } = verdict;
    const show = (s: { mean: number; sd: number }) => `${s.mean.toFixed(4)} ± ${s.sd.toFixed(4)}`;
    const cells = [
      row.name,
      name,
      show(ours),
      show(theirs),
      difference.toFixed(4),
      allowed.toFixed(4),
    ];
    return {
      row: row.name,
      metric: name,
      values,
      ours,
      ...verdict,
      text: `| ${cells.join(' | ')} | ${pass ? 'yes' : 'NO'} |`,
    };
  });
}

function write(folder: string, measured: Measured[]): void {
  const results = measured.flatMap(judged);
  const { adapter } = measured[0].runs[0];
  const times = measured.map(
    ({ row, runs }) => `${row.name} ${runs.map((r) => duration(r.seconds)).join(', ')}`,
  );
  const markdown = [
    `Parity with PyTorch, seeds ${measured[0].seeds.join(', ')}, on ${adapter}. A metric passes when the means`,
    'differ by at most 2·√(sd²/n + sd_ref²/n_ref) + δ, or when ours is better.',
    '',
    '| run | metric | ours | PyTorch | difference | allowed | pass |',
    '|---|---|---|---|---|---|---|',
    ...results.map((r) => r.text),
    '',
    `Training time of each seed: ${times.join('; ')}.`,
    '',
  ];
  writeDurably(join(folder, 'parity.md'), markdown.join('\n'));
  const data = { adapter, results: results.map(({ text, ...rest }) => rest), runs: measured };
  writeDurably(join(folder, 'parity.json'), `${JSON.stringify(data, null, 1)}\n`);
}
