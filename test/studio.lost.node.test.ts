import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultAddress } from '../demo/address.ts';
import { shippedRuns } from '../demo/shipped/files.ts';
import { remedies } from '../demo/views/remedies.ts';
import { catalog } from '../models/catalog.ts';
import { families, type ModelInfo } from '../models/settings.ts';
import { says } from './deep.ts';
import { expectAccessible } from './studio.axe.ts';
import { openStudio, type Studio } from './studio.page.ts';

// What happens to a run when the GPU or the page's visibility goes, and where there is no WebGPU.

vi.setConfig({ testTimeout: 300_000 });

const RUN = '#v1/vae/digits8?seed=3&hidden=32&batch=32&steps=100000';
const LONG = RUN.replace('100000', '800');

const modelsOf = (family: string) =>
  Object.entries<ModelInfo>(catalog).flatMap(([name, info]) =>
    info.family === family ? name : [],
  );

let studio: Studio;
beforeAll(async () => {
  // Chromium lets a page that has lost the GPU twice wait for two minutes.
  studio = await openStudio({ args: ['--disable-domain-blocking-for-3d-apis'] });
});
afterAll(() => studio?.close());

test('goes on after the GPU process has died twice, with the same losses', async () => {
  await studio.open(LONG);
  await studio.send('play');
  await studio.until(`s.phase === 'done'`);
  const whole = (await studio.look()).losses;

  await studio.send('reset');
  await studio.until(`s.phase === 'paused' && s.curve.steps.length === 0`);
  await studio.send('play');
  const session = await studio.browser.target().createCDPSession();
  for (const step of [10, 60]) {
    await studio.until(`s.curve.steps.length >= ${step} && s.phase === 'training'`);
    await session.send('Browser.crashGpuProcess' as 'Browser.close'); // missing in the types
    await studio.until(`s.notice.includes('Training went on')`);
    await studio.page.evaluate(`document.querySelector('studio-app').session.notice = ''`);
  }
  await studio.until(`s.phase === 'done'`);
  expect((await studio.look()).losses).toEqual(whole);
});

test('trains on while the page is hidden, after keeping the run', async () => {
  await studio.open(RUN);
  await studio.send('play');
  await studio.until(`s.curve.steps.length > 20`);
  const other = await studio.browser.newPage();
  await other.bringToFront();
  await studio.page.waitForFunction('document.hidden', { polling: 50 });
  const before = (await studio.look()).step;
  await studio.until(`s.kept?.step > 0`); // at once, without waiting for its turn
  await studio.until(`s.curve.steps.length > ${before + 40}`);
  await other.close();
  await studio.page.bringToFront();
  await studio.page.waitForFunction('!document.hidden', { polling: 50 });
  expect((await studio.look()).phase).toBe('training');
});

describe('without WebGPU', () => {
  const insecure = '10.9.8.7'; // browsers offer no WebGPU to pages that anyone on the way can change
  let other: Studio;
  beforeAll(async () => {
    other = await openStudio({ args: [`--host-resolver-rules=MAP ${insecure} 127.0.0.1`] });
  });
  afterAll(() => other?.close());

  const recorded = async (address: string) => {
    const { page, url, until } = other;
    await page.evaluate(`globalThis.before = document.querySelector('studio-app')?.session`);
    await page.goto(`${url.replace('127.0.0.1', insecure)}/demo/index.html${address}`);
    await until('s !== globalThis.before && s.recorded && s.samples');
  };

  test('it says what to do and plays a recorded run', async () => {
    await recorded('#v1/vae/digits8');
    const help = await other.find('webgpu-help', 'ol');
    expect(await help.evaluate((element) => element.textContent)).toMatch(/https:\/\//);
    await expectAccessible(other.page);
    await other.send('play');
    await other.until(`s.phase === 'done'`);
    const { step, losses, finite, run, error } = await other.look();
    expect([step, finite, run?.model, error]).toEqual([2000, true, 'vae', null]);
    expect(losses.flat().every(Number.isFinite)).toBe(true);
    expect(losses[0].at(-1)).toBeLessThan(losses[0][0] / 2);
  });

  test.each(families)('the models of %s show a run of their family', async (family) => {
    const models = modelsOf(family);
    const runs = shippedRuns.filter(({ model }) => models.includes(model));
    expect(runs.map(({ model }) => model)).toContain(models[0]);
    for (const model of [models[0], models.at(-1) as string]) {
      await recorded(defaultAddress(model));
      await other.send('play');
      await other.until('s.curve.steps.length > 10');
      const { finite, run, losses } = await other.look();
      expect([finite, runs.map((r) => r.model)]).toEqual([
        true,
        expect.arrayContaining([run?.model]),
      ]);
      expect(losses.flat().every(Number.isFinite)).toBe(true);
    }
  });
});

test.each(families)(
  'the first model of %s shows what it comes to while it opens',
  async (family) => {
    const { page, goTo, until, problems } = studio;
    await goTo(`index.html${defaultAddress(modelsOf(family)[0])}`);
    await until(`s.preview?.curve?.steps.length > 1000 && s.preview.samples.values.length > 0`);
    await says(page, 'loss-chart >>> p', /Recorded earlier/); // from the next frame on
    expect(problems).toEqual([]);
  },
);

test.each([
  [
    'Firefox',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    /about:config/,
  ],
  [
    'Safari',
    'Mozilla/5.0 (Macintosh) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Safari/605',
    /26/,
  ],
  [
    'iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Safari/604',
    /Feature Flags/,
  ],
  [
    'Chrome',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/150.0 Safari/537',
    /enable-vulkan/,
  ],
  [
    'Edge',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/150.0 Safari/537 Edg/150.0',
    /edge:\/\/gpu/,
  ],
])('knows the way to WebGPU in %s', (_, agent, way) => {
  expect(remedies({ agent, secure: true, offered: true }).join(' ')).toMatch(way);
});
