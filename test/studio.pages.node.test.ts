import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompareApp } from '../demo/compare/compare-app.ts';
import { readComparison } from '../demo/compare/read.ts';
import { readQuiz, resultOf, trialsOf } from '../models/metrics/quiz.ts';
import { contestants } from '../run/compare/roster.ts';
import { summarise } from '../run/compare/summary.ts';
import type { ContestOutput } from '../run/jobs.ts';
import { openWatched, type Watched } from './studio.page.ts';
import { find, give, press, says, text, waitFor } from './deep.ts';

// The pages beside the families as a person uses them, headless.

let opened: Watched;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pages-'));
  opened = await openWatched('demo/compare.html');
  page = opened.page;
  page.setDefaultTimeout(10_000);
  await page.setViewport({ width: 1300, height: 900 });
  const session = await opened.browser.target().createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
});

afterAll(async () => {
  await opened?.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (path: string) => page.goto(`${opened.url}/demo/${path}`, { timeout: 0 });

test('the header leads to every page, by keyboard past it, and marks the one that is open', async () => {
  await open('compare.html');
  expect(await text(page, 'site-header >>> [aria-current=page]')).toBe('Compare');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(
    await page.evaluate(
      () => document.querySelector('compare-app')?.shadowRoot?.activeElement?.tagName,
    ),
  ).toBe('MAIN');
  const addresses = await page.evaluate(() =>
    Array.from(
      document
        .querySelector('compare-app')!
        .shadowRoot!.querySelector('site-header')!
        .shadowRoot!.querySelectorAll<HTMLAnchorElement>('nav a'),
      (a) => a.href,
    ),
  );
  for (const address of addresses) {
    const response = await fetch(address);
    expect(await response.text(), address).toContain('<script type="module"');
  }
});

const images = Buffer.from(Array.from({ length: 64 * 64 }, (_, i) => (i % 3 ? 0 : 255)));
const run = (frechet: number, nll: number): ContestOutput => ({
  ...{ adapter: 'some adapter', diverged: null, seconds: 4, test: { nll, importanceBound: nll } },
  sampled: {
    quality: { frechet, classifierScore: 5, precision: 0.5, recall: null },
    ...{ count: 359, images: images.toString('base64'), passes: 64, sampleMs: 0.25 },
  },
});
const cost = { parameters: 1000, rows: 64, flops: 2e8, bytes: 2 ** 20 };
const comparison = summarise(
  { data: 'digits8', seeds: [0], budget: { amount: 1280, unit: 'examples' } },
  { quality: { frechet: 0.25 }, count: 359, images: images.toString('base64') },
  contestants('digits8', ['made', 'vae', 'dcgan']).map((contestant, i) => ({
    ...{ contestant, cost, runs: [run([0.5, 0.2, 0.9][i], [20, 17, 0][i])] },
  })),
);

describe('compare', () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'good.json'), JSON.stringify(comparison));
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...comparison, lines: [{}] }));
    await open('compare.html');
    await give(page, 'Open another…', join(folder, 'good.json'));
    await text(page, 'compare-table >>> table');
  });

  const models = () =>
    page.$$eval('body >>> tbody th[scope=row]', (cells) => cells.map((cell) => cell.textContent));

  test('shows the table of a file, sorts it, and refuses a bad file without losing it', async () => {
    expect(await models()).toEqual([
      'MADE',
      'Variational autoencoder',
      'DCGAN, with classes by projection',
    ]);
    await press(page, 'Fréchet ↓');
    expect(await models()).toEqual([
      'Variational autoencoder',
      'MADE',
      'DCGAN, with classes by projection',
    ]);
    await give(page, 'Open another…', join(folder, 'bad.json'));
    await says(page, '[role=alert]', /^bad.json: comparison: line 1 has no name/);
    expect((await models()).length).toBe(3);
    await says(page, 'compare-table >>> tbody', /≤ 17.00/);
  });

  test('draws samples, and one column against another in words too', async () => {
    const label = await page.$eval('body >>> svg[role=img]', (svg) =>
      svg.getAttribute('aria-label'),
    );
    expect(label).toContain('MADE: ms/sample 0.250, Fréchet ↓ 0.500');
    await waitFor(
      '4 pictures',
      async () => (await page.$$('body >>> sample-picture')).length === 4,
    );
  });

  test.each([
    ['no JSON', 'x', /not JSON/],
    ['another file', '{}', /no 'data' and 'lines'/],
    [
      'other data',
      JSON.stringify({ ...comparison, data: 'cifar' }),
      /data set 'cifar', expected one of digits8/,
    ],
    [
      'cut images',
      JSON.stringify({ ...comparison, floor: { quality: {}, images: 'AAAA' } }),
      /3 bytes of images/,
    ],
  ])('refuses %s, saying why', (_, text, message) => {
    expect(() => readComparison(text)).toThrow(message);
    expect(() => readComparison(text)).toThrow(/npm run compare/);
  });
});

describe('the quiz', () => {
  const quiz = () =>
    page.evaluate(() => {
      const app = document.querySelector('compare-app') as CompareApp;
      return JSON.stringify(
        (app.renderRoot.querySelector('human-quiz') as unknown as { quiz: unknown }).quiz,
      );
    });
  const answered = async () => readQuiz(await quiz()).answers.length;
  const until = async (n: number) => {
    while ((await answered()) < n) await new Promise((done) => setTimeout(done, 20));
  };

  test('takes keys, tells the result so far, and goes on after a reload', async () => {
    await press(page, 'Begin 18 questions');
    const trials = trialsOf(readQuiz(await quiz()).design);
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press(trials[i].truth === 0 ? 'r' : 'g');
      await until(i + 1);
    }
    await page.keyboard.press(trials[6].truth === 0 ? 'ArrowRight' : 'ArrowLeft');
    await until(7);
    await says(page, 'human-quiz >>> .line', /so far 1 of 7 wrong, 14 % \(3 to 51 %\)/);
    await says(page, 'human-quiz >>> .told', /Wrong: it was/);

    await open('compare.html');
    await give(page, 'Open another…', join(folder, 'good.json'));
    await press(page, 'Go on');
    expect(await answered()).toBe(7);
    for (let i = 7; i < 18; i++) {
      await page.keyboard.press(trials[i].truth === 0 ? 'r' : 'g');
      await until(i + 1);
    }
    await says(page, 'quiz-result >>> .all', /1 of 18/);
  });

  test('exports what can be opened again, and refuses another file', async () => {
    await press(page, 'Export JSON');
    const path = join(folder, 'quiz-digits8.json');
    while (!readdirSync(folder).includes('quiz-digits8.json')) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const exported = readQuiz(readFileSync(path, 'utf8'));
    expect(resultOf(exported).all).toMatchObject({ n: 18, wrong: 1 });
    await press(page, 'New quiz');
    await give(page, 'Open an exported quiz…', join(folder, 'bad.json'));
    await says(page, 'human-quiz >>> [role=alert]', /^quiz: expected a design/);
    await give(page, 'Open an exported quiz…', path);
    await says(page, 'quiz-result >>> .all', /1 of 18/);
  });

  test('hides what it shows for a time, and says nothing of the answer', async () => {
    await press(page, 'New quiz');
    await find(page, 'select[name=shown]');
    await page.evaluate(() => {
      const setup = document
        .querySelector('compare-app')!
        .shadowRoot!.querySelector('human-quiz')!
        .shadowRoot!.querySelector('quiz-setup')!.shadowRoot!;
      setup.querySelector<HTMLSelectElement>('select[name=shown]')!.value = '250';
      setup.querySelector<HTMLSelectElement>('select[name=form]')!.value = 'pair';
      setup.querySelector<HTMLInputElement>('input[name=told]')!.checked = false;
    });
    await press(page, 'Begin 18 questions');
    await page.keyboard.press('ArrowLeft'); // before the images: no answer
    expect(await answered()).toBe(0);
    await find(page, 'canvas[aria-label="The image is hidden now, left"]');
    const shown = await page.$eval('body >>> quiz-stage', (stage) => stage.shadowRoot!.innerHTML);
    expect(shown).not.toMatch(/MADE|generated|truth/);
    await page.keyboard.press('ArrowLeft');
    await until(1);
    const told = await page.$eval('body >>> human-quiz', (e) => e.shadowRoot?.textContent);
    expect(told).toMatch(/question 2 of 18/);
    expect(told).not.toMatch(/Right:|Wrong:|so far/);
  });
});

describe('learn', () => {
  test('shows a contract with its variants, and their source when it is asked for', async () => {
    await open('learn.html#kernels/matmul/2_tiled');
    await says(page, 'learn-contract >>> h2', /^matmul$/);
    await says(page, 'learn-contract >>> article[id="2_tiled"]', /Threads\s*16 × 16 per workgroup/);
    const summary = await find(page, 'learn-contract >>> article[id="2_tiled"] summary');
    await summary.evaluate((element) => (element as HTMLElement).click());
    await says(page, 'wgsl-source >>> .code', /^\/\/ matmul \/ 2_tiled: [\s\S]*@compute/);
  });

  test('goes to a model by the list, with its equations, claim and settings', async () => {
    const link = await find(page, 'learn-app >>> nav a[href="#models/wgan_gp"]');
    await link.evaluate((element) => (element as HTMLElement).click());
    await says(page, 'learn-model >>> article', /Improved Training of Wasserstein GANs[\s\S]*λ E/);
    const shown = await page.$eval('body >>> learn-model', (e) => e.shadowRoot?.textContent);
    expect(shown).toMatch(/line \d+: eq. \(3\)[\s\S]*Beside the paper/);
    expect(shown).toMatch(/What the tests hold it to[\s\S]*finite differences/);
    expect(await page.$$('body >>> learn-model >>> .formulas math')).not.toEqual([]);
  });

  test('finds by name, and says what is not there', async () => {
    await (await find(page, 'learn-app >>> input')).type('wino');
    await waitFor('links of winograd', async () => {
      const links = await page.$$eval('body >>> nav.list a', (all) =>
        all.map((a) => a.textContent),
      );
      return links.length === 5 && links.every((text) => text?.startsWith('winograd'));
    });
    await open('learn.html#kernels/nothing');
    await says(page, 'learn-app >>> [role=alert]', /there is no page 'kernels\/nothing'/);
  });
});

test('no page has told of an error', () => expect(opened.problems).toEqual([]));
