import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { catalog, settle } from '../../models/catalog.ts';
import {
  command,
  type Described,
  EXIT,
  parse,
  refuseOptions,
  UsageError,
  wholeOption,
} from '../command.ts';
import { writeDurably } from '../folder.ts';
import { openRunPage } from '../host.ts';
import type { ContestOutput, CostOutput, Jobs, SampledImages } from '../jobs.ts';
import { keep, kept, type RunRow, SAVE_EVERY, trainKept } from '../kept.ts';
import { duration, progress, remark } from '../progress.ts';
import { type Budget, budgetOf, stepsWithin } from './budget.ts';
import { budgetText } from './columns.ts';
import { htmlOf } from './html.ts';
import { markdownOf } from './markdown.ts';
import { samplesOf } from './pictures.ts';
import { type Contestant, contestants, EXAMPLES, SETS } from './roster.ts';
import { type Comparison, type Contested, summarise } from './summary.ts';

const DESCRIBED: Described = {
  name: 'compare',
  usage: '[options]',
  options: [
    ['--data <name>', `data set: ${SETS.join(', ')} (default digits8)`],
    ['--seeds <n>', 'runs of each model, with seeds 0, 1, ... (default 3)'],
    [
      '--budget <amount>',
      'what each may spend: training examples seen, like 128000, or 100gflop of training steps ' +
        `(default ${SETS.map((set) => `${EXAMPLES[set]} on ${set}`).join(', ')})`,
    ],
    ['--only <list>', 'only these models, such as made,glow'],
    ['--kept', 'train nothing: the table of the runs that are finished'],
    ['--runs <folder>', 'where finished and unfinished runs are (default runs/compare)'],
    ['--save <n>', `steps between checkpoints of a run (default ${SAVE_EVERY})`],
    ['--out <file>', 'the table: .md, .html, .json and .png are written (default in --runs)'],
  ],
  sections: [
    {
      title: 'Stopped, it goes on where it was when it is run again',
      body: '  npm run compare -- --data digits8 --seeds 3 --out docs/compare-digits8.md',
    },
  ],
};

await command('compare', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const {
    data: set = 'digits8',
    seeds: count,
    budget,
    only,
    kept: finished,
    runs,
    save,
    out,
    ...unknown
  } = parsed.options;
  refuseOptions(unknown);
  const data = String(set);
  const roster = contestants(data, only === undefined ? [] : String(only).split(','));
  const seeds = Array.from({ length: wholeOption('seeds', count, 3, 1) }, (_, i) => i);
  const wanted = { data, seeds, budget: budgetOf(String(budget ?? EXAMPLES[data])) };
  const folder = String(runs ?? join('runs', 'compare'));
  const target = String(out ?? join(folder, data)).replace(/\.(md|html|json|png)$/, '');
  mkdirSync(folder, { recursive: true });
  mkdirSync(dirname(target), { recursive: true });
  console.log(`${roster.length} models on ${data}, ${budgetText(wanted.budget)} each`);

  const saveEvery = wholeOption('save', save, SAVE_EVERY, 1);
  let floor: SampledImages | null = null;
  const contested: Contested[] = [];
  for (const contestant of roster) {
    const each = finished
      ? contestKept(folder, contestant, wanted)
      : await contest(folder, contestant, wanted, saveEvery);
    if (!each) continue;
    contested.push(each);
    floor ??= await floorOf(folder, data);
    write(target, summarise(wanted, floor, contested)); // a long table is there row by row
  }
  if (contested.length === 0) throw new UsageError(`--kept: no finished run in ${folder}.`);
  console.log(`${target}.md ${target}.html ${target}.json ${target}.png`);
  return EXIT.ok;
});

/** What all contestants are trained with. */
interface Terms {
  seeds: readonly number[];
  budget: Budget;
}

/** A contestant as it is trained: as long as its budget lasts. */
function rowOf(contestant: Contestant, cost: CostOutput, { budget }: Terms) {
  const steps = stepsWithin(budget, cost);
  const row: RunRow = { ...contestant, settings: { ...contestant.settings, steps } };
  return { row, steps };
}

/** Runs of one contestant with every seed: those that the folder holds, and the others anew. */
async function contest(
  folder: string,
  contestant: Contestant,
  terms: Terms,
  saveEvery: number,
): Promise<Contested> {
  const cost = kept<CostOutput>(folder, contestant, 'cost') ?? (await costOf(folder, contestant));
  const { row, steps } = rowOf(contestant, cost, terms);
  const runs: ContestOutput[] = [];
  for (const seed of terms.seeds) {
    const had = kept<ContestOutput>(folder, row, seed);
    if (had) runs.push(had);
    else runs.push(await train(folder, row, { seed, steps, saveEvery }));
  }
  return { contestant, cost, runs };
}

/** Runs of one contestant that the folder holds; null without any. */
function contestKept(folder: string, contestant: Contestant, terms: Terms): Contested | null {
  const cost = kept<CostOutput>(folder, contestant, 'cost');
  if (!cost) return null;
  const { row } = rowOf(contestant, cost, terms);
  const found = terms.seeds.map((seed) => kept<ContestOutput>(folder, row, seed));
  const runs = found.filter((run) => run !== null);
  return runs.length > 0 ? { contestant, cost, runs } : null;
}

async function train(
  folder: string,
  row: RunRow,
  { seed, steps, saveEvery }: { seed: number; steps: number; saveEvery: number },
): Promise<ContestOutput> {
  const shown = progress(steps, catalog[row.model].losses);
  shown.say(`${row.name}, seed ${seed}`);
  const run = await trainKept('contest', folder, row, seed, { saveEvery, shown });
  const { diverged, seconds, adapter } = run;
  shown.say(
    remark(
      diverged === null
        ? `  trained in ${duration(seconds)} on ${adapter}`
        : `  diverged by step ${diverged} on ${adapter}`,
    ),
  );
  return run;
}

async function costOf(folder: string, row: RunRow): Promise<CostOutput> {
  const { model, data, settings } = row;
  const whole = settle(model, data, settings);
  const output = await once('cost', { model, data, seed: 0, settings: whole, checkpoint: null });
  keep(folder, row, 'cost', output);
  return output;
}

/** The real images' row; its file lies beside those of the runs. */
async function floorOf(folder: string, data: string): Promise<SampledImages> {
  const path = join(folder, `${data}-real.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as SampledImages;
  const output = await once('floor', { data });
  writeDurably(path, `${JSON.stringify(output, null, 1)}\n`);
  return output;
}

/** One job in a page of its own. */
async function once<J extends keyof Jobs>(job: J, input: Jobs[J]['input']) {
  const page = await openRunPage();
  try {
    return await page.run(job, input);
  } finally {
    await page.close();
  }
}

function write(target: string, comparison: Comparison): void {
  writeDurably(`${target}.png`, samplesOf(comparison));
  writeDurably(`${target}.md`, markdownOf(comparison, `${basename(target)}.png`));
  writeDurably(`${target}.html`, htmlOf(comparison));
  writeDurably(`${target}.json`, `${JSON.stringify(comparison, null, 1)}\n`);
}
