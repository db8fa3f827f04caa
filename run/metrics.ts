import colors from 'picocolors';
import type { FloorPoint } from '../models/metrics/curves.ts';
import type { Coverage } from '../models/metrics/neighbours.ts';
import type { Baseline } from '../models/metrics/plain.ts';
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
import type { GaussiansOutput } from './jobs.ts';
import { spreadOf } from './spread.ts';

const DESCRIBED: Described = {
  name: 'metrics',
  usage: '[options]',
  options: [
    ['--data <name>', 'a set of images or points (default digits8)'],
    ['--most <count>', 'rows of each of two samples, at most (default 800)'],
    ['--repeats <count>', 'pairs of samples of each size (default 3)'],
    ['--gaussians', 'instead, check two samples of N(0, I) in 1000 dimensions beside prdc'],
    ['--out <file>', 'the curves as a picture, .svg, or as numbers, .json'],
  ],
};

/** How far a figure of one draw may lie from that of another. */
const APART = 0.03;

await command('metrics', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  const { data = 'digits8', most, repeats, gaussians, out, ...unknown } = options;
  refuseOptions(unknown);
  if (args.length > 0) throw new UsageError(`expected options alone, got ${args.join(' ')}.`);
  const page = await openRunPage();
  try {
    if (gaussians) return tellGaussians(await page.run('gaussians', {}));
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
    `Two samples of ${rows} rows of N(0, I) in ${size} dimensions, k = ${k}. ${adapter}\n`,
  );
  console.log(['', 'here', 'prdc'].map(cell).join(''));
  const names = Object.keys(published) as (keyof Coverage)[];
  for (const name of names) {
    const both = [found[name], published[name]].map((v) => v.toFixed(4));
    console.log([name, ...both].map(cell).join(''));
  }
  const far = names.filter((name) => Math.abs(found[name] - published[name]) > APART);
  console.log(colors.dim(`\n${seconds.toFixed(1)} s`));
  if (far.length === 0) return EXIT.ok;
  console.error(`further than ${APART} from prdc: ${far.join(', ')}`);
  return EXIT.failed;
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
