import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../bench/contracts.ts';
import { diffLines, hunks } from '../demo/kernels/diff.ts';
import { contractNames } from '../tools/learn.ts';
import { find, press, says, text, waitFor } from './deep.ts';
import { openWatched, type Watched } from './studio.page.ts';

// A kernel is changed in the page: what does not compile or is wrong is told, what is right is raced.

const LONG_MS = 300_000; // a busy machine may take long to calibrate and race

let opened: Watched;
let page: Page;

beforeAll(async () => {
  opened = await openWatched('demo/kernels.html');
  page = opened.page;
  await page.setViewport({ width: 1300, height: 900 });
});

afterAll(() => opened?.close());

async function open(address: string): Promise<void> {
  await opened.goTo(`kernels.html#${address}`);
  await find(page, 'kernel-editor >>> textarea');
}

/** Puts another text into the editor, as typing would. */
async function change(from: string, to: string): Promise<void> {
  const field = await find(page, 'kernel-editor >>> textarea');
  await field.evaluate(
    (element, from, to) => {
      const area = element as HTMLTextAreaElement;
      if (!area.value.includes(from)) throw new Error(`nothing like ${from}`);
      area.value = area.value.replace(from, to);
      area.dispatchEvent(new Event('input'));
    },
    from,
    to,
  );
}

/** Presses a button and waits until what it began is done; what is shown then. */
async function done(name: string): Promise<string> {
  await press(page, name);
  await waitFor(name, async () => (await page.$('body >>> progress[hidden]')) !== null, LONG_MS);
  return page.$eval('body >>> kernel-bench', (e) => e.shadowRoot?.textContent ?? '');
}

const value = async () =>
  (await find(page, 'kernel-editor >>> textarea')).evaluate(
    (e) => (e as HTMLTextAreaElement).value,
  );

test('what does not compile is told beside its line, and a reload loses nothing', async () => {
  await open('matmul/1_naive');
  await change('var sum = 0.0;', 'var sum = nought;');
  expect(await done('Check')).toMatch(/line \d+:\d+\s+error: .*nought[\s\S]*does not compile/);
  await says(page, 'kernel-editor >>> .note', /nought/);
  const line = (await value()).split('\n').findIndex((l) => l.includes('nought')) + 1;
  await says(page, 'kernel-editor >>> .numbers .error', new RegExp(`^${line}$`));

  await open('matmul/1_naive');
  expect(await value()).toContain('nought');
  await says(page, 'kernel-bench >>> details pre', /- +var sum = 0\.0;\n\+ +var sum = nought;/);
  await press(page, 'Reset to the original');
  await waitFor('the original', async () => !(await value()).includes('nought'));
});

test('what compiles and is wrong is told by case, and not raced', async () => {
  await open('matmul/1_naive');
  await change('c[i] = real(epilogue(sum, i));', 'c[i] = real(epilogue(sum * 1.001, i));');
  const shown = await done('Check and race');
  expect(shown).toMatch(/Wrong in \d+ of \d+ cases/);
  expect(shown).toMatch(/c\[0\] is .*, expected/);
  expect(shown).not.toMatch(/Faster|Slower|No difference/);
});

test('an override that is gone is told', async () => {
  await open('softmax/1_serial');
  const [name] = /override (\w+)/.exec(await value())?.slice(1) ?? [''];
  await change(`override ${name}`, `const ${name}`);
  expect(await done('Check')).toMatch(new RegExp(`error: .*${name}`));
});

test(
  'what is right is raced with the original: one that does its work eight times is slower',
  async () => {
    await open('matmul/1_naive');
    await press(page, 'Reset to the original');
    await change(
      'var sum = 0.0;',
      'var sum = 0.0;\n  for (var again = 0u; again < 8u; again++) {\n  sum = 0.0;',
    );
    await change(
      '  c[i] = real(',
      '  at -= (last - first) * anext; bt -= (last - first) * bnext;\n  }\n  c[i] = real(',
    );
    const shown = await done('Check and race');
    expect(shown).toMatch(/Right in all \d+ cases/);
    expect(shown).toMatch(/Slower: 0\.[0-4]\d times as fast as the original \(95 % interval/);
    expect(await text(page, 'kernel-bench >>> [role=status]')).toBe('');
  },
  LONG_MS,
);

test('says what is not there', async () => {
  await opened.goTo('kernels.html#matmul/99_best');
  await says(page, 'kernels-app >>> [role=alert]', /no 'matmul\/99_best'/);
  expect(opened.problems).toEqual([]);
});

describe('a diff', () => {
  test('keeps the lines that both have', () => {
    const lines = diffLines('a\nb\nc\nd', 'a\nx\nc\nd\ne');
    expect(lines.map(({ mark, text }) => mark + text)).toEqual([
      ' a',
      '-b',
      '+x',
      ' c',
      ' d',
      '+e',
    ]);
  });

  test('shows what is near a change', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const after = before.with(3, 'other').with(15, 'another');
    const shown = hunks(diffLines(before.join('\n'), after.join('\n')), 1);
    expect(shown.map((line) => line && line.mark + line.text)).toEqual([
      ...[' line 2', '-line 3', '+other', ' line 4', null],
      ...[' line 14', '-line 15', '+another', ' line 16'],
    ]);
  });
});

test('contracts with cases are contracts, and their cases are there', () => {
  const raced = contractNames().filter((name) => casesOf(name).length > 0);
  expect(raced.length).toBeGreaterThan(25);
  expect(raced).toContain('matmul');
});
