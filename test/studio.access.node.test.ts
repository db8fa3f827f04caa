import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { find, press, says } from './deep.ts';
import {
  closeDialog,
  expectAccessible,
  expectKeyboard,
  openDialog,
  settled,
  unfold,
} from './studio.axe.ts';
import { openWatched, type Watched } from './studio.page.ts';

// Every page is accessible as axe sees it, with what it unfolds and the dialogs it opens, in light and dark,
// on a desk and on a phone; nothing comes from elsewhere, and the strict content security policy is never broken.

/** What a page comes to when a person does something. */
interface State {
  name: string;
  /** The button that opens a dialog. */
  dialog?: string;
  enter?: () => Promise<unknown>;
}

vi.setConfig({ testTimeout: 300_000 });

let opened: Watched;
let page: Page;

const session = (command: object) =>
  page.evaluate(
    `document.querySelector('studio-app').session.send(${JSON.stringify(command)})` as never,
  );

const until = (condition: string) =>
  page.waitForFunction(`((app) => ${condition})(document.querySelector('studio-app'))`, {
    timeout: 120_000,
    polling: 50,
  });

/** Drops a file on the page that is no picture. */
const dropBroken = () =>
  page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['not a picture'], 'broken.png', { type: 'image/png' }));
    dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  });

/** Puts an error into the kernel's text, as typing would. */
async function breakKernel() {
  const field = await find(page, 'kernel-editor >>> textarea');
  await field.evaluate((element) => {
    const area = element as HTMLTextAreaElement;
    area.value = area.value.replace('0.0;', 'nought;');
    area.dispatchEvent(new Event('input'));
  });
  await press(page, 'Check');
  await says(page, 'kernel-bench >>> [aria-live]', /does not compile/);
}

/** The pages: models small, so that software trains them quickly. */
const views: { path: string; states?: State[] }[] = [
  { path: 'index.html#v1/nothing' },
  {
    path: 'index.html#v1/made/digits8?hidden=16&batch=16&masks=2',
    states: [{ name: 'no runs are kept', dialog: 'Runs' }],
  },
  {
    path: 'index.html#v1/vae/digits8',
    states: [
      {
        name: 'after some steps, with their kernels',
        enter: async () => {
          await session({ kind: 'play' });
          await until('app.session.curve.steps.length > 2');
          await session({ kind: 'pause' });
          await session({ kind: 'profile' });
          await until('app.session.kept && app.session.profile');
          await unfold(page);
        },
      },
      { name: 'kept runs', dialog: 'Runs' },
      {
        name: 'a deleted run',
        dialog: 'Runs',
        enter: async () => (await find(page, 'run-row >>> .acts button:last-child')).click(),
      },
      {
        name: 'a file that is no image',
        dialog: 'Your data',
        enter: async () => {
          await dropBroken();
          await says(page, 'own-data >>> .bad', /expected an image/);
        },
      },
    ],
  },
  {
    path: 'index.html#v1/nice/eight_gaussians?layers=2&depth=1&hidden=16&batch=32',
    states: [
      {
        name: 'drawn points',
        dialog: 'Your data',
        enter: async () => {
          await (await find(page, 'drawing-pad >>> canvas')).focus();
          await page.keyboard.press('Enter');
          await find(page, 'own-data >>> .made button');
        },
      },
    ],
  },
  { path: 'index.html#v1/gan/eight_gaussians?hidden=16&batch=32' },
  { path: 'index.html#v1/rbm/digits8?gibbs=5&batch=16' },
  { path: 'index.html#v1/score_matching/eight_gaussians?hidden=16&batch=32&langevin=5' },
  { path: 'index.html#v1/ddpm/eight_gaussians?hidden=16&layers=1&batch=32&timesteps=10' },
  { path: 'index.html#v1/d3pm/digits8?width=16&layers=1&batch=16&times=8&passes=8' },
  {
    path: 'kernels.html#matmul/2_tiled',
    states: [{ name: 'a kernel that does not compile', enter: breakKernel }],
  },
  { path: 'learn.html#kernels/attention' },
  { path: 'learn.html#models/vae' },
  { path: 'learn.html#families/gan' },
  {
    path: 'compare.html',
    states: [
      {
        name: 'the quiz in the middle',
        enter: async () => {
          await (await find(page, 'quiz-setup >>> button.primary')).click();
          await find(page, 'quiz-stage >>> button:not(:disabled)');
          await page.keyboard.press('r');
          await says(page, 'human-quiz >>> .told', /was/);
        },
      },
      { name: 'the quiz paused, with its result', enter: () => press(page, 'Pause') },
    ],
  },
  { path: 'bench.html' },
];

beforeAll(async () => {
  opened = await openWatched('demo/index.html#v1/nothing');
  page = opened.page;
  await page.setViewport({ width: 1400, height: 900 });
  page.on('request', (request) => {
    const url = new URL(request.url());
    const own =
      url.origin === new URL(opened.url).origin || /^(data|blob|about):/.test(url.protocol);
    if (!own) opened.problems.push(`foreign request: ${url}`);
  });
});

afterAll(() => opened?.close());

/** Opens a page and waits until it has settled: of a run until it can be trained. */
async function openAt(path: string) {
  await opened.goTo(path);
  if (path.startsWith('index')) await until(`app.problem || app.session?.phase === 'paused'`);
  await settled(page);
}

describe.each(views)('$path', ({ path, states = [] }) => {
  test('has no violation when all is unfolded; Tab reaches all', async () => {
    await openAt(path);
    await unfold(page);
    await expectAccessible(page);
    await expectKeyboard(page);
    expect(opened.problems).toEqual([]);
  });

  test.each(states)('$name', async ({ dialog, enter }) => {
    if (dialog) await openDialog(page, dialog);
    await enter?.();
    await expectAccessible(page);
    if (dialog) await closeDialog(page, dialog);
    expect(opened.problems).toEqual([]);
  });
});
