import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BenchApp } from '../demo/bench/bench-app.ts';
import { openWatched, type Watched } from './studio.page.ts';

// The bench as a page: a case is chosen, run and tuned by pressing its buttons.

const LONG_MS = 300_000; // a busy machine may take long to calibrate and race

let opened: Watched;
let page: Page;

beforeAll(async () => {
  opened = await openWatched('demo/bench.html', { built: undefined });
  page = opened.page;
  await page.waitForSelector('bench-app');
  await page.evaluate(() => {
    const app = document.querySelector('bench-app') as BenchApp;
    app.chosen = new Set(['softmax 1024x1024']);
  });
});

afterAll(() => opened?.close());

/** Presses a button and waits until the bench is done; the rows it shows. */
async function press(name: string): Promise<{ status: string; rows: BenchApp['rows'] }> {
  const app = `document.querySelector('bench-app')`;
  await page.evaluate(
    `[...${app}.renderRoot.querySelectorAll('button')].find((b) => b.textContent.trim() === '${name}').click()`,
  );
  await page.waitForFunction(`!${app}.stopping`, { timeout: LONG_MS, polling: 100 });
  return page.evaluate(() => {
    const { status, rows } = document.querySelector('bench-app') as BenchApp;
    return { status, rows };
  });
}

test(
  'runs a case: its row is right, compared with the roof, and shown',
  async () => {
    const { status, rows } = await press('Run');
    expect(status).toBe('Done.');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ contestant: 'eightfold', check: { ok: true } });
    expect(rows[0].roof).toBeGreaterThan(0);
    const shown = await page.evaluate(
      `document.querySelector('bench-app').renderRoot.querySelector('bench-rows').renderRoot.textContent`,
    );
    expect(shown).toContain('softmax 1024x1024');
    const chart = await page.$eval('bench-app >>> .charts svg', (svg) => svg.textContent);
    expect(chart).toMatch(/eightfold: [\d.]+ ms/);
    expect(opened.problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'tunes: the ranking is kept in this browser by class of adapters',
  async () => {
    const { rows } = await press('Tune');
    const variants = rows.flatMap(({ variant }) => variant ?? []);
    const kept = await page.evaluate(`
    import('/engine/tuning.ts').then(({ loadTuning }) => loadTuning('google swiftshader'))`);
    const ranked = Object.entries(kept as Record<string, Record<string, string[]>>).flatMap(
      ([contract, buckets]) =>
        Object.values(buckets).flatMap((names) => names.map((n) => `${contract}/${n}`)),
    );
    expect(variants).toContain('softmax/1_serial');
    expect(ranked.toSorted()).toEqual(variants.toSorted());
    expect(opened.problems).toEqual([]);
  },
  LONG_MS,
);
