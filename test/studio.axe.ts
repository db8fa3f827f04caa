import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'puppeteer';
import { expect } from 'vitest';

// What tests of accessibility look at: rules of axe, what Tab reaches, what can be unfolded.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules that a change of colours alone can break. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Elements in all shadow roots that a person can see, by a selector. */
const seen = (selector: string) => `(() => {
  const found = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      if (element.matches(${JSON.stringify(selector)}) && element.checkVisibility({ visibilityProperty: true })) found.push(element);
    }
  };
  visit(document);
  return found;
})()`;

/** Controls on the page that a person can see and use. */
const controls = `${seen('button, select, textarea, input, a[href], summary, [tabindex="0"]')}.filter(
  (element) => !element.disabled && !element.matches('[tabindex="-1"], input[type=radio]:not(:checked)'),
)`;

/** The element that has the focus, in whatever shadow root. */
const focused = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
})()`;

/** Waits until the page has loaded what its address names: for half a second it has not grown. */
export async function settled(page: Page): Promise<void> {
  let before: unknown;
  for (let same = 0; same < 5; ) {
    await new Promise((done) => setTimeout(done, 100));
    const now = await page.evaluate(`(${controls}).length`);
    same = now === before ? same + 1 : 0;
    before = now;
  }
}

/** What axe finds wrong, by all its rules or by some. */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(`'axe' in globalThis`))) await page.evaluate(axe);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const results = await page.evaluate<[], () => Promise<AxeResults>>(
    `axe.run(document, ${JSON.stringify(options)})` as never,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`),
  );
}

/** What is on the page is accessible as axe sees it, in light and dark, on a desk and on a phone. */
export async function expectAccessible(page: Page): Promise<void> {
  const scheme = (value: string) =>
    page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
  await scheme('dark');
  expect(await violations(page, COLOURS), 'dark').toEqual([]);
  await scheme('light');
  expect(await violations(page), 'light').toEqual([]);
  await page.setViewport({ width: 390, height: 844 });
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await violations(page), 'narrow').toEqual([]);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(beyond, 'wider than a phone').toBeLessThanOrEqual(0);
  await page.setViewport({ width: 1400, height: 900 });
}

/** Tab reaches every control from the start of the page, and shows where it is. */
export async function expectKeyboard(page: Page): Promise<void> {
  await page.evaluate(`globalThis.toReach = new Set(${controls}); document.activeElement?.blur()`);
  const count = (await page.evaluate('toReach.size')) as number;
  expect(count).toBeGreaterThan(5);
  const unmarked: string[] = [];
  for (let i = 0, left = count; left > 0 && i < 2 * count; i++) {
    // some regions that scroll are stops too
    await page.keyboard.press('Tab');
    const told = (await page.evaluate(`(() => {
      const at = ${focused};
      toReach.delete(at);
      const marked = [at, at.parentElement, at.parentElement?.parentElement].some((e) => e && getComputedStyle(e).outlineStyle !== 'none');
      return { left: toReach.size, unmarked: !marked && at !== document.body ? at.outerHTML.slice(0, 80) : '' };
    })()`)) as { left: number; unmarked: string };
    if (told.unmarked) unmarked.push(told.unmarked);
    left = told.left;
  }
  const missed = await page.evaluate('[...toReach].map((e) => e.outerHTML.slice(0, 80))');
  expect(missed, 'not reached by Tab').toEqual([]);
  expect(unmarked, 'focus is not seen').toEqual([]);
}

/** Opens all that is folded. */
export async function unfold(page: Page): Promise<void> {
  const folded = `${seen('summary')}.filter((e) => !e.parentElement.open)`;
  const any = await page.evaluate(`${folded}.map((e) => e.click()).length > 0`);
  if (any) await settled(page);
}

/** Opens a dialog by the button that says so, with the keyboard; the focus goes in. */
export async function openDialog(page: Page, button: string): Promise<void> {
  await page.evaluate(
    `${seen('button')}.find((e) => e.textContent.trim() === '${button}').focus()`,
  );
  await page.keyboard.press('Enter');
  await page.waitForFunction(`${seen('dialog[open]')}.length === 1`, { polling: 50 });
  expect(await page.evaluate(`!!${focused}.closest('dialog')`), 'focus in the dialog').toBe(true);
}

/** Closes the dialog with Escape; the focus goes back to the button. */
export async function closeDialog(page: Page, button: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.waitForFunction(`${seen('dialog[open]')}.length === 0`, { polling: 50 });
  expect(await page.evaluate(`${focused}.textContent.trim()`), 'focus is back').toBe(button);
}
