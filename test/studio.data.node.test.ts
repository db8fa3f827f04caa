import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { waveFile } from '../models/data/wav.ts';
import { openStudio, type Studio } from './studio.page.ts';

// Data of a person's own: drawn, dropped, refused.

vi.setConfig({ testTimeout: 300_000 });

const FLOW = '#v1/realnvp/two_moons?layers=2&hidden=16&batch=64&steps=100000';
const VAE = '#v1/vae/digits8?hidden=32&batch=32&steps=100000';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

const dialog = (...path: string[]) => ['run-shelf', 'own-data', ...path];

/** Drops files on the page, as base64 by name; `image.png` is made there, of a size that no model takes. */
const drop = (files: Record<string, string>) =>
  studio.page.evaluate(async (files) => {
    const transfer = new DataTransfer();
    for (const [name, base64] of Object.entries(files)) {
      let content: BlobPart = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      if (name === 'image.png') {
        const canvas = new OffscreenCanvas(97, 61);
        const pen = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        pen.fillStyle = 'white';
        pen.fillRect(0, 0, 97, 61);
        pen.fillStyle = 'black';
        pen.fillRect(18, 0, 20, 61); // the left third of the square in the middle
        content = await canvas.convertToBlob();
      }
      const type = { png: 'image/png', txt: 'text/plain', wav: 'audio/wav' }[name.split('.')[1]];
      transfer.items.add(new File([content], name, { type }));
    }
    dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
  }, files);

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

/** Starts to train on what the dialog shows; where that came to. */
async function trainOnIt() {
  await studio.click(...dialog('.made button.primary'));
  await studio.until(`s.run?.data.includes('~') && s.phase === 'paused'`);
  await studio.train(5);
  const { error, form, run, losses, finite } = await studio.look();
  expect([error, finite, losses.flat().every(Number.isFinite)]).toEqual([null, true, true]);
  return { form, data: run?.data ?? '' };
}

const textIn = async (...path: string[]) =>
  (await studio.find(...path)).evaluate((element) => element.textContent ?? '');

test('a drawing, by mouse and by keys', async () => {
  await studio.open(FLOW);
  await studio.click('run-shelf', '.row:not(.offer) button + button');
  const canvas = await studio.find(...dialog('drawing-pad', 'canvas'));
  const { x, y } = (await canvas.boundingBox())!;
  const { mouse, keyboard } = studio.page;
  await mouse.move(x + 40, y + 40);
  await mouse.down();
  await mouse.move(x + 140, y + 90, { steps: 5 });
  await mouse.up();
  const count = async () =>
    Number(/of (\d+) points in (\d)/.exec((await canvas.evaluate((c) => c.ariaLabel)) ?? '')?.[1]);
  const drawn = await count();
  expect(drawn).toBeGreaterThan(5);
  await canvas.focus();
  for (const key of ['ArrowRight', 'ArrowDown', 'Enter', 'ArrowDown', 'Enter'] as const)
    await keyboard.press(key);
  expect(await count()).toBe(drawn + 2);
  await keyboard.press('Backspace');
  expect(await count()).toBe(drawn + 1);
  const { form, data } = await trainOnIt();
  expect(form?.kind).toBe('points');
  expect(data).toMatch(/^two_moons~[0-9a-f]{16}$/);

  await studio.open(await studio.page.evaluate(() => location.hash)); // it stays in this browser
  expect((await studio.look()).run?.data).toBe(data);
});

test('a dropped image of any size', async () => {
  await studio.open(VAE);
  await drop({ 'image.png': '' });
  expect(await textIn(...dialog('.made p'))).toMatch(
    /image\.png: 1 images\. Square, 8×8 pixels; dark is taken for ink/,
  );
  const { data } = await trainOnIt();
  expect(data).toMatch(/^digits8~/);
  const examples = await studio.page.evaluate(() => {
    const { session } = document.querySelector('studio-app') as never as {
      session: { opened: { examples: Float32Array } };
    };
    return [...session.opened.examples.subarray(0, 8)];
  });
  expect(examples.slice(0, 2)).toEqual([1, 1]); // ink on the left of the square
  expect(examples.slice(4)).toEqual([0, 0, 0, 0]);
});

test('a text and a sound', async () => {
  await studio.open('#v1/gru/names?hidden=16&batch=8&steps=100000');
  await drop({ 'words.txt': base64('Anna\nBob\nCarla\n') });
  expect(await textIn(...dialog('.made p'))).toMatch(/words\.txt: 3 words/);
  expect(await trainOnIt()).toMatchObject({
    form: { kind: 'tokens' },
    data: expect.stringMatching(/^names~/),
  });

  await studio.open('#v1/wavenet/drums8k?channels=4&skips=4&layers=3&blocks=1&length=64&batch=2');
  const tone = Float32Array.from({ length: 4410 }, (_, t) => Math.sin(t / 10));
  await drop({ 'tone.wav': base64(waveFile(tone, 22_050)) });
  expect(await textIn(...dialog('.made p'))).toMatch(/tone\.wav: 0\.2 seconds/);
  expect(await trainOnIt()).toMatchObject({ form: { kind: 'audio' } });
});

test('what cannot be read gets a message, and the run goes on', async () => {
  await studio.open(VAE);
  await studio.send('play');
  const bad: [Record<string, string>, RegExp][] = [
    [{ 'broken.png': base64('not a picture') }, /broken\.png: expected an image/],
    [
      { 'cut.idx': base64(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 9, 0, 0)) },
      /cut\.idx: expected an IDX file/,
    ],
    [
      { 'words.txt': base64('Anna') },
      /words\.txt: Variational autoencoder takes no such data. Open one of/,
    ],
  ];
  for (const [files, message] of bad) {
    await drop(files);
    const [name] = Object.keys(files);
    await studio.page.waitForFunction(
      (name: string) =>
        document
          .querySelector('studio-app')
          ?.shadowRoot?.querySelector('run-shelf')
          ?.shadowRoot?.querySelector('own-data')
          ?.shadowRoot?.querySelector('.bad')
          ?.textContent?.startsWith(name),
      { timeout: 60_000, polling: 50 },
      name,
    );
    expect(await textIn(...dialog('.bad'))).toMatch(message);
  }
  const { step, phase, run } = await studio.look();
  expect([phase, run?.data]).toEqual(['training', 'digits8']);
  await studio.until(`s.curve.steps.length > ${step}`);
});

test('data of another browser are asked for', async () => {
  const { page, url, until, look } = studio;
  await page.goto(`${url}/demo/index.html#v1/vae/digits8~0123456789abcdef`, { timeout: 0 });
  await until(`s.phase === 'failed'`);
  expect((await look()).error?.message).toMatch(
    /your own data, found none here.*give the same files again/,
  );
  expect(studio.problems).toEqual([]);
});
