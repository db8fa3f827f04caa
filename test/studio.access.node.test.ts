import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog } from '../models/catalog.ts';
import { families, type ModelInfo } from '../models/settings.ts';
import { type Opened, openPage } from '../tools/browser.ts';

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

let opened: Opened;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  const fromServer = /vite|websocket|ws:|Lit is in dev mode/i; // the test server has no reloading
  opened = await openPage('demo/index.html', {
    onConsole: (type, text) => {
      if (type === 'error' && !fromServer.test(text)) problems.push(text);
    },
    onError: (error) => problems.push(error.message),
  });
  page = opened.page;
  page.on('request', (request) => {
    const url = new URL(request.url());
    const own =
      url.origin === new URL(opened.url).origin || /^(data|blob|about):/.test(url.protocol);
    if (!own) problems.push(`foreign request: ${url}`);
  });
});

afterAll(() => opened?.close());

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
  await page.waitForNetworkIdle({ idleTime: 300 }); // pages load what the address names
  await page.evaluate(() => new Promise(requestAnimationFrame));
}

async function violations(): Promise<string[]> {
  const results = await page.evaluate<[], () => Promise<AxeResults>>(
    `(() => { ${axe}; return axe.run(document, { resultTypes: ['violations'] }); })()` as never,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`),
  );
}

describe.each(pages)('%s', (path) => {
  test('has no violation in light and dark, wide and narrow', async () => {
    await page.setViewport({ width: 1400, height: 900 });
    await openAt(path);
    for (const value of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      expect(await violations(), value).toEqual([]);
    }
    await page.setViewport({ width: 390, height: 844 });
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await violations(), 'narrow').toEqual([]);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(beyond, 'wider than a phone').toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
  });
});
