import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StudioApp } from '../demo/studio-app.ts';
import { openStudio, type Studio } from './studio.page.ts';

// Training at a person's pace: settings that change on the way, and steps of several sizes.

const LONG_MS = 300_000; // a busy machine compiles and trains slowly

let studio: Studio;
let page: Studio['page'];

beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
});

afterAll(() => studio?.close());

const until = (condition: string) => studio.until(condition, LONG_MS);
const openRun = (hash: string) => studio.open(hash);
const losses = async () => (await studio.look()).losses;

async function train(steps: number) {
  await page.keyboard.press('Space');
  await until(`s.curve?.steps.length >= ${steps}`);
  await page.keyboard.press('Space');
  await until(`s.phase === 'paused' || s.phase === 'done'`);
}

const finite = (values: number[]) => values.every(Number.isFinite);

describe('settings that change while it trains', () => {
  const run = '#v1/vae/digits8?seed=3&hidden=32&batch=32&steps=12';

  /** Puts a number into a field of the settings. */
  const set = (name: string, value: string) =>
    page.evaluate(
      (name, value) => {
        const app = document.querySelector('studio-app') as StudioApp;
        const settings = app.renderRoot.querySelector('run-settings') as StudioApp;
        const labels = [...settings.renderRoot.querySelectorAll('label')];
        const label = labels.find((l) => l.querySelector('span')?.textContent?.trim() === name);
        const field = label?.querySelector('input') as HTMLInputElement;
        field.value = value;
        field.dispatchEvent(new Event('change'));
      },
      name,
      value,
    );

  test(
    'a change is noted in the address, which gives the same losses again',
    async () => {
      await openRun(run);
      for (let i = 0; i < 3; i++) {
        await page.keyboard.press('ArrowRight');
        await until(`s.curve.steps.length === ${i + 1} && s.phase === 'paused'`);
      }
      await set('lr', '0.02');
      await until('s.run.changes?.length === 1');
      await page.waitForFunction(`location.hash.includes('at=3:lr:0.02')`, { timeout: 5000 });
      await set('beta', '4');
      await until('s.run.changes?.length === 2');
      await train(12);
      const first = await losses();

      await openRun(run);
      await train(12);
      const unchanged = await losses();
      expect(first[0].slice(0, 3)).toEqual(unchanged[0].slice(0, 3));
      expect(first[0][4]).not.toBe(unchanged[0][4]);

      await openRun(`${run}&at=3:lr:0.02&at=3:beta:4`);
      await train(12);
      expect(await losses()).toEqual(first);
      await page.keyboard.press('r');
      await until('s.curve.steps.length === 0');
      await train(12);
      expect(await losses(), 'after a reset').toEqual(first);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'what only samples depend on changes them at once, without a note',
    async () => {
      await openRun('#v1/made/digits8?hidden=16&batch=16');
      const samples = () =>
        page.evaluate(() => {
          const app = document.querySelector('studio-app') as StudioApp;
          return [...(app.session?.samples?.values ?? [])];
        });
      const before = await samples();
      await set('temperature', '0.05');
      await page.waitForFunction(`location.hash.includes('temperature=0.05')`, { timeout: 5000 });
      await until(`s.phase === 'paused'`);
      for (const start = Date.now(); Date.now() - start < 10_000; ) {
        if (String(await samples()) !== String(before)) break;
        await new Promise((done) => setTimeout(done, 50));
      }
      expect(await samples()).not.toEqual(before);
      expect(await page.evaluate(`document.querySelector('studio-app').session.run.changes`)).toBe(
        undefined,
      );
      await set('temperature', '1');
      for (const start = Date.now(); Date.now() - start < 10_000; ) {
        if (String(await samples()) === String(before)) break;
        await new Promise((done) => setTimeout(done, 50));
      }
      expect(await samples(), 'from the same noise').toEqual(before);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );
});

describe('steps of several sizes', () => {
  const run = '#v1/vae/digits8?seed=3&hidden=32&batch=32&steps=40';

  /** Chooses how far a step goes, or how fast it plays. */
  const choose = (name: string, value: string) =>
    page.evaluate(
      (name, value) => {
        const app = document.querySelector('studio-app') as StudioApp;
        const controls = app.renderRoot.querySelector('run-controls') as StudioApp;
        const select = [...controls.renderRoot.querySelectorAll('select')].find(
          (s) => s.getAttribute('aria-label') === name,
        ) as HTMLSelectElement;
        select.value = value;
        select.dispatchEvent(new Event('change'));
      },
      name,
      value,
    );

  /** Where an iteration stands. */
  const visited = () =>
    page.evaluate(() => {
      const { visited, curve } = (document.querySelector('studio-app') as StudioApp).session ?? {};
      const stored = visited?.stored.flatMap(({ least, most, nonFinite }) => [
        least,
        most,
        nonFinite,
      ]);
      return {
        index: visited?.index ?? -1,
        of: visited?.of ?? 0,
        stored,
        done: curve?.steps.length,
      };
    });

  async function stepBy(stride: string) {
    await choose('A step is', stride);
    const before = await visited();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('ArrowRight');
    await until(
      `(s.visited?.index ?? -1) !== ${before.index} || s.curve.steps.length > ${before.done}`,
    );
    return visited();
  }

  test(
    'dispatch by dispatch, op by op: the losses are those of whole iterations',
    async () => {
      await openRun(run);
      for (let i = 0; i < 3; i++) {
        await stepBy('iteration');
        await until(`s.curve.steps.length === ${i + 1} && s.phase === 'paused'`);
      }
      const whole = await losses();

      await page.keyboard.press('r');
      await until('s.curve.steps.length === 0');
      let at = await stepBy('dispatch');
      expect(at.index).toBe(0);
      const { of } = at;
      expect(of).toBeGreaterThan(10);
      for (let i = 1; i < of; i++) {
        at = await stepBy('dispatch');
        expect(at.index).toBe(i);
        expect(at.stored?.length).toBeGreaterThan(0);
        expect(finite(at.stored as number[])).toBe(true);
      }
      await until('s.curve.steps.length === 1');
      let ops = 0;
      while ((await visited()).done === 1) {
        await stepBy('op');
        ops++;
        await until(`s.curve.steps.length === 2 || s.visited.index < ${of - 1}`);
      }
      expect(ops).toBeGreaterThan(5);
      expect(ops).toBeLessThanOrEqual(of);
      await stepBy('dispatch');
      await stepBy('dispatch');
      await stepBy('iteration');
      await until(`s.curve.steps.length === 3 && s.phase === 'paused'`);
      expect(await losses()).toEqual(whole);

      await stepBy('dispatch');
      await page.keyboard.press('r');
      await until('s.curve.steps.length === 0 && s.visited === null');
      await train(3);
      expect(
        (await losses()).map((column) => column.slice(0, 3)),
        'after a reset',
      ).toEqual(whole);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'an epoch goes once through the data; slow motion keeps its pace',
    async () => {
      await openRun('#v1/vae/digits8?hidden=8&batch=400&steps=40');
      await stepBy('epoch');
      await until(`s.phase === 'paused' && s.curve.steps.length >= 3`);
      expect((await visited()).done).toBe(3);
      await choose('Play at', '2');
      const started = Date.now();
      await train(6);
      expect(Date.now() - started).toBeGreaterThan(900); // three steps, half a second apart
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );
});
