import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settle } from '../models/catalog.ts';
import { families } from '../models/settings.ts';
import { catalog } from '../models/catalog.ts';
import { budgetOf, stepsWithin } from '../run/compare/budget.ts';
import { budgetText } from '../run/compare/columns.ts';
import { htmlOf } from '../run/compare/html.ts';
import { markdownOf } from '../run/compare/markdown.ts';
import { samplesOf } from '../run/compare/pictures.ts';
import { contestants, EXAMPLES, SETS } from '../run/compare/roster.ts';
import { type Comparison, type Contested, summarise } from '../run/compare/summary.ts';
import { confirmed, reportOf } from '../run/experiment/report.ts';
import type { ContestOutput } from '../run/jobs.ts';

const cost = { parameters: 1000, rows: 64, flops: 2e8, bytes: 2 ** 20 };

describe('a budget', () => {
  test.each([
    ['128000', { amount: 128_000, unit: 'examples' }, 2000],
    ['130 examples', { amount: 130, unit: 'examples' }, 2], // no part of a step
    ['10gflop', { amount: 10, unit: 'gflop' }, 50],
    ['0.1GFLOP', { amount: 0.1, unit: 'gflop' }, 1], // at least one step
  ] as const)('%s', (text, budget, steps) => {
    expect(budgetOf(text)).toEqual(budget);
    expect(stepsWithin(budget, cost)).toBe(steps);
  });

  test.each(['', '0', '-5', 'many', '5 hours'])("'%s' is none", (text) => {
    expect(() => budgetOf(text)).toThrow(/--budget: expected examples like 128000, or 100gflop/);
  });

  test('in words', () => {
    expect(budgetText(budgetOf('128000'))).toBe('128,000 training examples seen');
    expect(budgetText(budgetOf('10gflop'))).toBe('10 GFLOP of training steps');
  });
});

describe.each(SETS)('the roster of %s', (data) => {
  const roster = contestants(data);

  test('names no file twice, and only settings that there are', () => {
    expect(new Set(roster.map(({ name }) => name)).size).toBe(roster.length);
    for (const { model, settings } of roster) {
      expect(settle(model, data, settings).steps).toBeGreaterThan(0);
    }
    expect(EXAMPLES[data]).toBeGreaterThan(0);
  });

  test('says of each model how its likelihood is found, or why there is none', () => {
    for (const { likelihood } of roster) {
      expect(likelihood.by).not.toBe('');
      expect(likelihood.metric === undefined).toBe(likelihood.kind === 'none');
    }
  });
});

test('every family takes part on digits8', () => {
  const there = new Set<string>(contestants('digits8').map(({ model }) => catalog[model].family));
  expect(families.filter((family) => !there.has(family))).toEqual([]);
});

test('models that are not there are refused with those that are', () => {
  expect(contestants('digits8', ['glow', 'made']).map(({ model }) => model)).toEqual([
    'made',
    'glow',
  ]);
  expect(() => contestants('digits8', ['gpt'])).toThrow(/--only: unknown 'gpt'.*made, .*ddpm/);
  expect(() => contestants('cifar')).toThrow(/--data: unknown 'cifar'.*digits8, mnist, emoji16/);
});

const images = Buffer.alloc(64 * 64, 200).toString('base64');
const run = (nll: number, frechet: number): ContestOutput => ({
  adapter: 'some adapter',
  diverged: null,
  seconds: 4,
  test: { nll, importanceBound: nll },
  sampled: {
    quality: { frechet, classifierScore: 5, precision: 0.5, recall: null },
    count: 359,
    images,
    passes: 64,
    sampleMs: 0.25,
  },
});
const diverged: ContestOutput = {
  adapter: 'some adapter',
  diverged: 100,
  seconds: 0,
  test: {},
  sampled: null,
};
const [made, , vae] = contestants('digits8');
const [dcgan] = contestants('digits8', ['dcgan']);
const contested: Contested[] = [
  { contestant: made, cost, runs: [run(17, 0.3), run(18, 0.5)] },
  { contestant: vae, cost, runs: [run(19, 0.4), diverged] },
  { contestant: dcgan, cost, runs: [diverged, diverged] },
];
const floor = { quality: { frechet: 0.25, precision: 0.9 }, count: 359, images };
const comparison = summarise(
  { data: 'digits8', seeds: [0, 1], budget: budgetOf('128000') },
  floor,
  contested,
);

describe('the table', () => {
  test('holds means and deviations over the seeds that did not diverge', () => {
    const [first, second, third] = comparison.lines;
    expect(first.nll).toEqual({ mean: 17.5, sd: Math.SQRT1_2 });
    expect(first.gflop).toBeCloseTo(400, 9);
    expect(first.stepMs).toEqual({ mean: 2, sd: 0 });
    expect(second).toMatchObject({ nll: { mean: 19, sd: 0 }, seeds: 2, diverged: 1 });
    expect(third).toMatchObject({ nll: null, frechet: null, diverged: 2, images: null });
  });

  test.each(SETS)(
    'of docs is what is written of the runs beside it, of %s with everyone who takes part',
    (data) => {
      const file = (end: string) => readFileSync(`docs/compare-${data}.${end}`, 'utf8');
      const kept: Comparison = JSON.parse(file('json'));
      expect(kept.lines.map(({ title }) => title)).toEqual(
        contestants(data).map(({ title }) => title),
      );
      expect(file('md')).toBe(markdownOf(kept, `compare-${data}.png`));
      if (data !== 'digits8') return;
      const rows = file('md')
        .split('\n')
        .filter((line) => line.startsWith('| '));
      for (const row of rows) expect(readFileSync('README.md', 'utf8')).toContain(row);
    },
  );

  test('has the times of one adapter, and says of which', () => {
    const there = { ...run(17, 0.3), adapter: 'another', seconds: 400 };
    const runs = { data: 'digits8', seeds: [0, 1], budget: budgetOf('128000') };
    const mixed = summarise(runs, floor, [
      { contestant: made, cost, runs: [run(17, 0.3), there] },
      { contestant: vae, cost, runs: [there] },
    ]);
    expect(mixed.lines[0].stepMs).toEqual({ mean: 2, sd: 0 });
    expect(mixed.lines[0].nll).toEqual({ mean: 17, sd: 0 });
    const text = markdownOf(mixed, 'x.png');
    expect(text).toContain('- Times on some adapter: MADE.\n');
    expect(text).toContain('- Times on another: Variational autoencoder.\n');
    expect(markdownOf(comparison, 'x.png')).not.toContain('Times on');
  });

  test('as Markdown', () => {
    const lines = markdownOf(comparison, 'x.png').split('\n');
    const cells = (title: string) =>
      lines
        .find((line) => line.startsWith(`| ${title}`))
        ?.split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
    expect(cells('MADE')).toEqual([
      ...['MADE', 'ar', '17.50 ± 0.707', 'exact', '5.000 ± 0.000', '0.400 ± 0.141'],
      ...['0.500 ± 0.000', '–', '–', '–', '64', '0.250 ± 0.000', '2.000 ± 0.000', '0 of 2'],
      ...['2000×64', '1,000', '400.00', '1.000'],
    ]);
    expect(cells('Variational')?.slice(1, 6)).toEqual([
      ...['vae', '≤ 19.00', 'bound', '5.000', '0.400'],
    ]);
    expect(cells('DCGAN')?.slice(1, 6)).toEqual(['gan', 'none', 'none', '–', '–']);
    const real = lines.filter((line) => line.startsWith('| real test images'));
    expect(real.length).toBe(2); // a part for each kind of pixels
    const widths = lines.filter((line) => line.startsWith('|')).map((l) => l.split('|').length);
    expect(new Set(widths).size).toBe(1);
    expect(lines).toContain('![samples](x.png)');
  });

  test('as a page of its own', () => {
    const page = htmlOf(comparison);
    expect(page).toContain('<td>17.50 ± 0.707</td>');
    expect(page).toContain('color-scheme: light dark');
    const sources = [...page.matchAll(/src="([^"]*)"/g)].map(([, source]) => source);
    expect(sources.length).toBe(3); // real ones, and the two models with samples
    for (const source of sources) expect(source).toMatch(/^data:image\/png;base64,/);
    expect(page).not.toMatch(/https?:|<script|<link/);
  });

  test('its picture has a row of samples for each model that has any', () => {
    const { width, height } = decode(samplesOf(comparison));
    expect(width).toBe(16 * 33 + 1);
    expect(height).toBe(3 * 33 + 1);
  });
});

test('an experiment reports its numbers and which statements hold', () => {
  const findings = {
    claim: 'Something.',
    setup: 'Nothing.',
    columns: ['model', 'nats'],
    rows: [
      ['a', 1.23456],
      ['p(x|z)', 8],
    ],
    says: [
      { text: 'one', holds: true },
      { text: 'two', holds: false },
    ],
    picture: { kind: 'picture' as const, width: 1, height: 1, channels: 1 as const, pixels: '' },
    caption: 'A picture.',
    adapter: 'some adapter',
  };
  const report = reportOf('collapse', findings, 'x.png');
  expect(report).toContain('| a | 1.2346 |\n| p(x\\|z) | 8 |');
  expect(report).toContain('- Yes: one.\n- NO: two.');
  expect(confirmed(findings)).toBe(false);
});

describe('killed and run again', { timeout: 600_000 }, () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'compare-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function compare(
    name: string,
    {
      watch = () => {},
      more = [],
    }: { watch?: (child: ChildProcess) => void; more?: string[] } = {},
  ) {
    const args = ['--only', 'made', '--seeds', '2', '--budget', '2560', '--save', '4', ...more];
    const command = ['--import', import.meta.resolve('tsx'), join(root, 'run/compare/cli.ts')];
    const files = ['--runs', join(folder, name), '--out', join(folder, `${name}.md`)];
    const child = spawn(process.execPath, [...command, ...args, ...files], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    const timer = setInterval(() => watch(child), 5);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    return new Promise<{ code: number | null; output: string }>((done) =>
      child.on('close', (code) => {
        clearInterval(timer);
        done({ code, output });
      }),
    );
  }

  /** The table but for its times. */
  function table(name: string) {
    const { lines, ...rest } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const timeless = lines.map(({ sampleMs, stepMs, ...line }: Record<string, unknown>) => {
      expect(sampleMs).not.toBeNull();
      expect(stepMs).not.toBeNull();
      return line;
    });
    return { ...rest, lines: timeless };
  }

  test('in the middle of its second run: the same table, and no run done twice', async () => {
    const whole = await compare('whole');
    expect(whole.code, whole.output).toBe(0);

    const unfinished = join(folder, 'killed', 'digits8-made-1');
    const killed = await compare('killed', {
      watch(child) {
        if (existsSync(join(unfinished, 'checkpoint.safetensors'))) child.kill('SIGKILL');
      },
    });
    expect(killed.code, killed.output).toBeNull();
    expect(existsSync(join(folder, 'killed', 'digits8-made-0.json'))).toBe(true);
    expect(existsSync(join(folder, 'killed', 'digits8-made-1.json'))).toBe(false);

    const soFar = await compare('killed', { more: ['--kept'] });
    expect(soFar.code, soFar.output).toBe(0);
    expect(table('killed').lines).toMatchObject([{ name: 'digits8-made', seeds: 1 }]);

    const again = await compare('killed');
    expect(again.code, again.output).toBe(0);
    expect(again.output).toMatch(/digits8-made, seed 1\n {2}goes on from step \d+/);
    expect(again.output).not.toMatch(/seed 0/);
    expect(table('killed')).toEqual(table('whole'));
    expect(readdirSync(join(folder, 'killed')).sort()).toEqual([
      'digits8-made-0.json',
      'digits8-made-1.json',
      'digits8-made-cost.json',
      'digits8-real.json',
    ]);
  });
});
