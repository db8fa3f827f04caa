import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle } from 'puppeteer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { unseal } from '../engine/io/sealed.ts';
import { openStudio, type Studio } from './studio.page.ts';

// Runs that the browser keeps: come back to, listed, exported, imported, deleted.

vi.setConfig({ testTimeout: 300_000 });

const RUN = '#v1/vae/digits8?seed=3&hidden=32&batch=32&steps=300';
const OTHER = '#v1/vae/digits8?seed=3&hidden=16&batch=32&steps=300';
const folder = mkdtempSync(join(tmpdir(), 'eightfold-runs-'));

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
  const session = await studio.page.createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
});
afterAll(async () => {
  await studio?.close();
  rmSync(folder, { recursive: true });
});

const openList = async () => {
  await studio.click('run-shelf', '.row:not(.offer) button');
  await studio.find('run-shelf', 'run-list', 'run-row');
};
const closeList = async () => {
  await studio.page.keyboard.press('Escape');
  await studio.page.waitForFunction(
    `!document.querySelector('studio-app').renderRoot.querySelector('run-shelf').renderRoot.querySelector('run-list')`,
  );
};

/** Exports what is chosen in the first row; the file, once it is whole. */
async function exported(what: string, ending: string): Promise<string> {
  const select = await studio.find('run-shelf', 'run-list', 'run-row', 'select');
  await (select as unknown as ElementHandle<HTMLSelectElement>).select(what);
  for (;;) {
    const name = readdirSync(folder).find((file) => file.endsWith(`.${ending}`));
    if (name) return join(folder, name);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function importFile(path: string) {
  const input = await studio.find('run-shelf', 'run-list', 'input[type=file]');
  await (input as unknown as ElementHandle<HTMLInputElement>).uploadFile(path);
}

test('a run goes on where it was kept, to the bit, and only when asked to', async () => {
  await studio.open(RUN);
  await studio.send('play');
  await studio.until(`s.phase === 'done' && s.kept?.step === 300`);
  const whole = (await studio.look()).losses;

  await studio.open(OTHER); // another run in between
  await studio.open(RUN);
  expect((await studio.look()).step).toBe(0);
  const again = await studio.train(20);
  expect(again.map((column) => column.slice(0, 20))).toEqual(whole.map((c) => c.slice(0, 20)));

  await studio.open(RUN);
  await studio.click('run-shelf', '.offer button'); // the run that got furthest is offered
  await studio.until(`s.phase === 'done' && s.curve.steps.length === 300`);
  expect((await studio.look()).losses).toEqual(whole);

  await openList();
  const rows = () =>
    studio.page.evaluate(
      () =>
        document
          .querySelector('studio-app')
          ?.shadowRoot?.querySelector('run-shelf')
          ?.shadowRoot?.querySelector('run-list')
          ?.shadowRoot?.querySelectorAll('run-row').length,
    );
  expect(await rows()).toBe(1); // the run that began the same is not kept twice
  await studio.click('run-shelf', 'run-list', 'run-row', '.acts button:last-child');
  await studio.click('run-shelf', 'run-list', '.gone button'); // undo
  await studio.find('run-shelf', 'run-list', 'run-row');
  await closeList();
});

test('a run that was left in the middle goes on to the same losses', async () => {
  await studio.open(OTHER);
  await studio.send('play');
  await studio.until(`s.phase === 'done' && s.kept?.step === 300`);
  const whole = (await studio.look()).losses;
  await openList();
  await studio.click('run-shelf', 'run-list', 'run-row', '.acts button:last-child');
  await closeList();

  await studio.open(OTHER);
  const part = await studio.train(60);
  await studio.until(`s.kept?.step === ${part[0].length}`);
  expect(part[0].length).toBeLessThan(300);
  await studio.open(OTHER);
  await studio.click('run-shelf', '.offer button');
  await studio.until(`s.phase === 'paused' && s.curve.steps.length === ${part[0].length}`);
  await studio.send('play');
  await studio.until(`s.phase === 'done'`);
  expect((await studio.look()).losses).toEqual(whole);
});

test('exports checkpoint, samples, losses and chart, and imports the checkpoint', async () => {
  const { losses } = await studio.look();
  await openList();
  const png = [0x89, 0x50, 0x4e, 0x47];
  const picture = await exported('samples', 'png');
  expect([...readFileSync(picture).subarray(0, 4)]).toEqual(png);
  rmSync(picture);
  expect([...readFileSync(await exported('chart', 'png')).subarray(0, 4)]).toEqual(png);
  const lines = readFileSync(await exported('csv', 'csv'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines[0]).toBe('step,loss,reconstruction,kl');
  expect(lines.slice(1).map((line) => Number(line.split(',')[1]))).toEqual(losses[0]);
  const json = JSON.parse(readFileSync(await exported('json', 'json'), 'utf8'));
  expect(json).toMatchObject({ model: 'vae', data: 'digits8', seed: 3, step: 300 });
  expect(json.losses.kl).toEqual(losses[2]);
  const checkpoint = await exported('checkpoint', 'safetensors');
  expect(unseal(readFileSync(checkpoint)).notes.step).toBe(300); // as the commands read it

  await studio.click('run-shelf', 'run-list', 'run-row', '.acts button:last-child');
  await studio.page.evaluate(`globalThis.before = document.querySelector('studio-app').session`);
  await importFile(checkpoint);
  await studio.until(`s !== globalThis.before && s.from?.kind === 'kept' && s.phase === 'done'`);
  const { losses: imported, run } = await studio.look();
  expect(imported).toEqual(losses);
  expect(run?.settings.hidden).toBe(16);
});

test('a bad checkpoint gets a message, and the run that is open goes on', async () => {
  await studio.open(`${RUN}&latent=5`);
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  const good = readFileSync(join(folder, name));
  const wrongShape = Buffer.from(
    good.toString('latin1').replace('"eightfold run"', '"eightfold not"'),
    'latin1',
  );
  const damaged = Buffer.from(good);
  damaged[good.length - 9] ^= 4;
  const bad: [string, Uint8Array, RegExp][] = [
    [
      'short.safetensors',
      good.subarray(0, good.length - 100),
      /short\.safetensors: .*(cut short|malformed)/s,
    ],
    [
      'shape.safetensors',
      wrongShape,
      /shape\.safetensors: .*the model has F32 \[.*the file F32 \[/s,
    ],
    ['damaged.safetensors', damaged, /damaged\.safetensors: .*checksum/s],
    [
      'text.safetensors',
      Buffer.from('no tensors at all'),
      /text\.safetensors: .*not a safetensors file/s,
    ],
  ];
  await studio.send('play');
  await studio.click('run-shelf', '.row:not(.offer) button');
  for (const [file, bytes, message] of bad) {
    writeFileSync(join(folder, file), bytes);
    await importFile(join(folder, file));
    await studio.page.waitForFunction(
      (file: string) =>
        document
          .querySelector('studio-app')
          ?.shadowRoot?.querySelector('run-shelf')
          ?.shadowRoot?.querySelector('run-list')
          ?.shadowRoot?.querySelector('.bad')
          ?.textContent?.startsWith(file),
      { timeout: 60_000, polling: 50 },
      file,
    );
    const said = await studio.find('run-shelf', 'run-list', '.bad');
    expect(await said.evaluate((element) => element.textContent)).toMatch(message);
  }
  await studio.until(`s.phase === 'done' && s.run.settings.latent === 5`);
  expect((await studio.look()).step).toBe(300);
  expect(studio.problems).toEqual([]);
});
