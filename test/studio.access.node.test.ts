import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog } from '../models/catalog.ts';
import { families, type ModelInfo } from '../models/settings.ts';
import { openWatched, type Watched } from './studio.page.ts';

// Every page is accessible as axe sees it, in light and dark, on a desk and on a phone; nothing comes from
// elsewhere, and the strict content security policy is never broken.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const firstOf = (family: string) =>
  Object.entries<ModelInfo>(catalog).find(([, info]) => info.family === family)?.[0];
const pages = [
  ...families.map((family) => `index.html#v1/${firstOf(family)}`),
  'kernels.html#matmul/2_tiled',
  'learn.html#kernels/attention',
  'learn.html#models/vae',
  'learn.html#families/gan',
  'compare.html',
  'bench.html',
];

let opened: Watched;
let page: Page;

beforeAll(async () => {
  opened = await openWatched('demo/index.html');
  page = opened.page;
  page.on('request', (request) => {
    const url = new URL(request.url());
    const own =
      url.origin === new URL(opened.url).origin || /^(data|blob|about):/.test(url.protocol);
    if (!own) opened.problems.push(`foreign request: ${url}`);
  });
});

afterAll(() => opened?.close());

/** Controls on the page, in all shadow roots, that a person can see and use. */
const controls = `(() => {
  const found = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const native = element.matches('button, select, textarea, input, a[href], summary, [tabindex="0"]');
      const reachable = !element.disabled && !element.matches('[tabindex="-1"], input[type=radio]:not(:checked)');
      if (native && reachable && element.checkVisibility({ visibilityProperty: true })) found.push(element);
    }
  };
  visit(document);
  return found;
})()`;

/** Opens a page and waits until it has settled: of a run until it can be trained. */
async function openAt(path: string) {
  await page.goto('about:blank'); // an address that differs in its hash alone loads nothing
  await page.goto(`${opened.url}/demo/${path}`, { timeout: 0 });
  if (path.startsWith('index')) {
    await page.waitForFunction(`document.querySelector('studio-app').session?.phase === 'paused'`, {
      timeout: 120_000,
      polling: 50,
    });
  }
  await settled();
}

/** Waits until the page has loaded what its address names: for half a second it has not grown. */
async function settled() {
  const size = () => page.evaluate(`(${controls}).length`);
  let before: unknown;
  for (let same = 0; same < 5; ) {
    await new Promise((done) => setTimeout(done, 100));
    const now = await size();
    same = now === before ? same + 1 : 0;
    before = now;
  }
}

async function violations(): Promise<string[]> {
  const results = await page.evaluate<[], () => Promise<AxeResults>>(
    `(() => { ${axe}; return axe.run(document, { resultTypes: ['violations'] }); })()` as never,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`),
  );
}

/** What Tab reaches from the start of the page, and what it should have reached. */
async function byKeyboard() {
  await page.evaluate(`globalThis.toReach = new Set(${controls}); document.activeElement?.blur()`);
  const count = (await page.evaluate('toReach.size')) as number;
  const unmarked: string[] = [];
  for (let i = 0; i < 2 * count; i++) {
    // some regions that scroll are stops too
    await page.keyboard.press('Tab');
    const seen = (await page.evaluate(`(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      toReach.delete(at);
      const marked = [at, at.parentElement, at.parentElement?.parentElement].some((e) => e && getComputedStyle(e).outlineStyle !== 'none');
      return !marked && at !== document.body ? at.outerHTML.slice(0, 80) : '';
    })()`)) as string;
    if (seen) unmarked.push(seen);
    if ((await page.evaluate('toReach.size')) === 0) break;
  }
  const missed = await page.evaluate('[...toReach].map((e) => e.outerHTML.slice(0, 80))');
  return { count, missed, unmarked };
}

describe.each(pages)('%s', (path) => {
  test('has no violation in light and dark, wide and narrow; Tab reaches all', async () => {
    await page.setViewport({ width: 1400, height: 900 });
    await openAt(path);
    for (const value of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      expect(await violations(), value).toEqual([]);
    }
    const { count, missed, unmarked } = await byKeyboard();
    expect(count).toBeGreaterThan(5);
    expect(missed, 'not reached by Tab').toEqual([]);
    expect(unmarked, 'focus is not seen').toEqual([]);
    await page.setViewport({ width: 390, height: 844 });
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await violations(), 'narrow').toEqual([]);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(beyond, 'wider than a phone').toBeLessThanOrEqual(0);
    expect(opened.problems).toEqual([]);
  });
});
