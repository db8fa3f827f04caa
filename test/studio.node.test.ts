import type { LitElement } from 'lit';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StudioApp } from '../demo/studio-app.ts';
import { openStudio, type Studio } from './studio.page.ts';

// The page as a person uses it: keys and addresses in, what is shown out.

const STEPS = 50;
/** A small run of each family. */
const runs = [
  '#v1/vae/digits8?seed=3&hidden=32&batch=32',
  '#v1/made/digits8?seed=3&hidden=32&batch=32',
  '#v1/realnvp/two_moons?seed=3&layers=2&hidden=16&batch=64',
  '#v1/wgan_gp/eight_gaussians?seed=3&hidden=16&critics=1&batch=32',
  '#v1/rbm/digits8?seed=3&batch=32&gibbs=10',
  '#v1/score_matching/eight_gaussians?seed=3&hidden=16&batch=64&langevin=20',
  '#v1/ddpm/eight_gaussians?seed=3&hidden=16&layers=1&batch=64&timesteps=10&passes=10',
  '#v1/mdlm/digits8?seed=3&width=32&batch=32&passes=8',
];

let studio: Studio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
});
afterAll(() => studio?.close());

/** What the page knows of its run. */
const look = () =>
  page.evaluate(() => {
    const app = document.querySelector('studio-app') as StudioApp;
    const { phase, curve, profile, film, samples, error } = app.session ?? {};
    return {
      phase,
      error,
      step: curve?.steps.length ?? 0,
      losses: curve?.raw.map((column) => [...column]) ?? [],
      film: film?.map((s) => s.step),
      sampled: samples?.step,
      finiteSamples: samples?.values.every(Number.isFinite),
      dispatches: profile?.dispatches.length ?? 0,
    };
  });

const until = (condition: string) => studio.until(condition, 60_000);

/** Trains with the keyboard; the losses of the first steps. */
async function train() {
  await page.keyboard.press('Space');
  await until(`s.curve?.steps.length >= ${STEPS}`);
  await page.keyboard.press('Space');
  await until(`s.phase === 'paused'`);
  const { losses } = await look();
  return losses.map((column) => column.slice(0, STEPS));
}

test.each(runs)('trains, pauses, resets and repeats by its address: %s', async (hash) => {
  await studio.open(hash);
  const first = await train();
  expect(first.flat().every(Number.isFinite)).toBe(true);
  for (const column of first) expect(new Set(column).size).toBeGreaterThan(STEPS / 2);

  const before = await look();
  expect(before.finiteSamples).toBe(true);
  await page.keyboard.press('ArrowRight');
  await until(`s.curve.steps.length === ${before.step + 1} && s.phase === 'paused'`);
  expect((await look()).sampled).toBe(before.step + 1);

  await page.keyboard.press('r');
  await until(`s.curve.steps.length === 0 && s.samples.step === 0`);
  expect(await train(), 'after reset').toEqual(first);

  await studio.open(await page.evaluate(() => location.hash));
  expect(await train(), 'by address').toEqual(first);
  expect(studio.problems).toEqual([]);
});

test('lists the dispatches of a step and shows the WGSL that ran', async () => {
  await page.keyboard.press('ArrowRight');
  await until(`s.profile?.dispatches.length > 10 && s.phase === 'paused'`);
  await page.waitForSelector('pierce/kernel-list');
  const { dispatches } = await look();
  const text = await page.evaluate(async (count) => {
    const app = document.querySelector('studio-app') as StudioApp;
    const view = app.renderRoot.querySelector('kernel-view') as LitElement;
    const list = view.renderRoot.querySelector('kernel-list') as LitElement;
    const rows = () => list.renderRoot.querySelectorAll<HTMLInputElement>('input');
    while (rows().length < count) await new Promise((done) => setTimeout(done, 20));
    rows()[count - 1].click();
    await view.updateComplete;
    const reader = view.renderRoot.querySelector('kernel-text') as LitElement;
    await reader.updateComplete;
    const source = reader.renderRoot.querySelector('wgsl-source') as LitElement;
    await source.updateComplete;
    return { rows: rows().length, code: source.renderRoot.querySelector('.code')?.textContent };
  }, dispatches);
  expect(text.rows).toBe(dispatches);
  expect(text.code).toMatch(/@compute/);
});

test('draws the step as a time line, where keys choose a dispatch and zoom', async () => {
  const line = await page.waitForSelector('studio-app >>> step-timeline >>> [role=region]');
  const { dispatches } = await look();
  const bars = () => page.$$eval('studio-app >>> step-timeline >>> rect', (all) => all.length);
  expect(await bars()).toBe(dispatches);
  const fact = () =>
    page.$eval('studio-app >>> step-timeline >>> .fact', (e) => e.textContent?.trim() ?? '');
  await line?.focus();
  await page.keyboard.press('End');
  expect(await fact()).toMatch(new RegExp(`^${dispatches} .* ms, [\\d.]+ % of the step`));
  await page.keyboard.press('Home');
  expect(await fact()).toMatch(/^1 /);
  for (let i = 0; i < 4; i++) await page.keyboard.press('+');
  expect(await fact()).toContain('zoom 16×');
  expect(await bars()).toBeLessThan(dispatches);
});

test('goes on after the GPU process has died, with the same losses', async () => {
  await studio.open(`${runs[0]}&steps=300`);
  await page.keyboard.press('Space');
  await until(`s.phase === 'done'`);
  const uninterrupted = (await look()).losses;

  await page.keyboard.press('r');
  await until(`s.phase === 'paused' && s.samples.step === 0`);
  await page.keyboard.press('Space');
  await until(`s.curve.steps.length >= ${STEPS}`);
  const session = await studio.browser.target().createCDPSession();
  await session.send('Browser.crashGpuProcess' as 'Browser.close'); // missing in the types
  await until(`s.notice.startsWith('The GPU was lost: ') && s.phase === 'done'`);
  const { losses } = await look();
  expect(losses[0].length).toBe(300);
  expect(losses).toEqual(uninterrupted);
});

test('says what is wrong with an address', async () => {
  const shown = async (hash: string) => {
    await page.goto(`${studio.url}/demo/index.html${hash}`, { timeout: 0 });
    const note = await page.waitForSelector('pierce/[role=alert] .text', { timeout: 10_000 });
    return note?.evaluate((element) => element.textContent);
  };
  expect(await shown('#v1/vae/digits8?latent=0.5')).toMatch(/latent: expected a whole number from/);
  expect(await shown('#v1/boltzmann')).toMatch(
    /unknown 'boltzmann'. Choose one of .*vae, .*realnvp/,
  );
  expect(await shown('#v9/vae')).toMatch(/expected #v1/);
});
