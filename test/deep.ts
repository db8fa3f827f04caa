import type { ElementHandle, Page } from 'puppeteer';

// What tests of pages do with elements that lie in shadow roots of shadow roots.

/** Waits until a look finds something. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T>,
  ms = 15_000,
): Promise<NonNullable<T>> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`not seen in time: ${what}`);
}

/** Waits for an element, however deep in shadow roots. */
export const find = (page: Page, selector: string) =>
  waitFor(selector, () => page.$(`body >>> ${selector}`));

/** Its text. */
export const text = async (page: Page, selector: string) =>
  (await find(page, selector)).evaluate((element) => element.textContent ?? '');

/** Waits until the text of something, however deep, is as it should be. */
export async function says(page: Page, selector: string, wanted: RegExp): Promise<void> {
  await waitFor(`${selector} says ${wanted}`, async () => wanted.test(await text(page, selector)));
}

/** Presses the button that says so. */
export async function press(page: Page, name: string): Promise<void> {
  const pressed = () =>
    page.evaluate((name) => {
      const among = (root: ParentNode): Element[] =>
        [...root.querySelectorAll('*')].flatMap((e) => [
          e,
          ...(e.shadowRoot ? among(e.shadowRoot) : []),
        ]);
      const button = among(document).find(
        (e) => e.localName === 'button' && e.textContent?.trim() === name,
      );
      (button as HTMLElement | undefined)?.click();
      return !!button;
    }, name);
  await waitFor(name, pressed);
}

/** Gives a file to the input of the button with this label. */
export async function give(page: Page, label: string, path: string): Promise<void> {
  const input = await find(page, `input[type=file][aria-label="${label}"]`);
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
}
