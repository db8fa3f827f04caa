import colors from 'picocolors';
import type { FloorPoint } from '../models/metrics/curves.ts';
import type { Coverage } from '../models/metrics/neighbours.ts';
import type { Baseline } from '../models/metrics/plain.ts';
import { hasLenet } from '../models/metrics/features/shipped.ts';
import { type SampleMetric, sampleMetrics } from '../models/metrics/names.ts';
import {
  command,
  type Described,
  EXIT,
  parse,
  refuseOptions,
  UsageError,
  wholeOption,
} from './command.ts';
import { curvesPicture } from './curves.ts';
import { writeDurably } from './folder.ts';
import { openRunPage } from './host.ts';
import type { EvaluationOutput, GaussiansOutput } from './jobs.ts';
import { spreadOf } from './spread.ts';

/** Pairs of Gaussian samples, and rows of an evaluation, unless told. */
const [PAIRS, ROWS] = [5, 10_000];

const DESCRIBED: Described = {
  name: 'metrics',
  usage: '[options]',
  options: [
    ['--data <name>', 'a set of images or points (default digits8)'],
    ['--most <count>', 'rows of each of two samples, at most (default 800)'],
    ['--repeats <count>', 'pairs of samples of each size (default 3)'],
    [
      '--gaussians',
      `instead, check samples of N(0, I) in 1000 dimensions beside prdc, --repeats pairs (default ${PAIRS})`,
    ],
    [
      '--evaluation',
      `instead, time all metrics of --most test images (default ${ROWS}) of mnist or digits8 as if a model ` +
        'had made them',
    ],
    ['--out <file>', 'the curves as a picture, .svg, or as numbers, .json'],
  ],
};

/** How far the figure of another draw may lie from the mean of ours, in standard deviations of a draw. */
const APART = 4;

await command('metrics', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  const { data = 'digits8', most, repeats, gaussians, evaluation, out, ...unknown } = options;
  refuseOptions(unknown);
  if (args.length > 0) throw new UsageError(`expected options alone, got ${args.join(' ')}.`);
  const page = await openRunPage();
  try {
    if (gaussians) {
      const pairs = wholeOption('repeats', repeats, PAIRS, 3);
      return tellGaussians(await page.run('gaussians', { pairs }));
    }
    if (evaluation) {
      if (!hasLenet(String(data))) throw new UsageError(`--data: no LeNet for '${data}'.`);
      const rows = wholeOption('most', most, ROWS, 50);
      return tellEvaluation(await page.run('evaluation', { data: String(data), rows }));
    }
    const { baselines, points, seconds, adapter } = await page.run('floors', {
      data: String(data),
      most: wholeOption('most', most, 800, 50),
      repeats: wholeOption('repeats', repeats, 3, 1),
    });
    if (baselines.length > 0) tellBaselines(baselines);
    if (points.length > 0) tellFloors(points, `${data}, in pixels. ${adapter}`);
    const pairs = points.length > 0 ? 'mean ± standard deviation over pairs; ' : '';
    console.log(colors.dim(`\n${pairs}${seconds.toFixed(1)} s`));
    if (out !== undefined && points.length > 0) {
      const numbers = /\.json$/.test(String(out));
      const text = numbers ? JSON.stringify(points, null, 1) : curvesPicture(points, String(data));
      writeDurably(String(out), `${text}\n`);
    }
    return EXIT.ok;
  } finally {
    await page.close();
  }
});

function tellGaussians({ rows, size, k, found, published, seconds, adapter }: GaussiansOutput) {
  console.log(
    `Two samples of ${rows} rows of N(0, I) in ${size} dimensions, k = ${k}, ${found.length} times. ${adapter}\n`,
  );
  console.log(['', 'here', 'prdc, one draw'].map(cell).join(''));
  const names = Object.keys(published) as (keyof Coverage)[];
  const far = names.filter((name) => {
    const values = found.map((each) => each[name]);
    const { mean, sd } = spreadOf(values);
    console.log([name, shown(values), published[name].toFixed(4)].map(cell).join(''));
    // a new draw beside the mean of n: both scatter
    return Math.abs(published[name] - mean) > APART * sd * Math.sqrt(1 + 1 / values.length);
  });
  console.log(colors.dim(`\nmean ± standard deviation of a draw; ${seconds.toFixed(1)} s`));
  if (far.length === 0) return EXIT.ok;
  console.error(`prdc lies further than ${APART} standard deviations of a draw: ${far.join(', ')}`);
  return EXIT.failed;
}

function tellEvaluation({ features, size, rows, values, seconds, adapter }: EvaluationOutput) {
  console.log(
    `${rows} test images beside ${rows} training images, ${size} numbers each. ${adapter}`,
  );
  console.log(`${features}\n`);
  for (const [name, { title }] of Object.entries(sampleMetrics)) {
    console.log([title, values[name].toPrecision(4)].map(cell).join(''));
  }
  const { describe, reference, samples } = seconds;
  const shownSeconds = [describe, reference, samples].map((s) => s.toFixed(2));
  console.log(
    `\n${(describe + reference + samples).toFixed(2)} s: features ${shownSeconds[0]}, ` +
      `of the real ones alone ${shownSeconds[1]}, of the samples ${shownSeconds[2]}`,
  );
  return EXIT.ok;
}

function tellBaselines(baselines: readonly Baseline[]): void {
  console.log('−log p of test examples without a network; images are binary');
  for (const { name, nats } of baselines) console.log(`${name.padEnd(22)}${nats.toFixed(3)} nats`);
  console.log('');
}

function tellFloors(points: readonly FloorPoint[], what: string): void {
  console.log(`Two samples of n real rows beside each other: ${what}\n`);
  console.log(['', ...points.map(({ n }) => `n = ${n}`)].map(cell).join(''));
  for (const [name, { title }] of Object.entries(sampleMetrics)) {
    const values = points.map((point) => point.values[name as SampleMetric]);
    if (values.some((v) => !v)) continue;
    console.log([title, ...values.map((v) => shown(v as number[]))].map(cell).join(''));
  }
}

function cell(text: string, i: number): string {
  return i === 0 ? text.padEnd(22) : text.padStart(18);
}

function shown(values: number[]): string {
  const { mean, sd } = spreadOf(values);
  const digits = Math.abs(mean) < 0.1 ? 4 : 3;
  return `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;
}
