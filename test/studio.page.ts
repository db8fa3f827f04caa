import type { ElementHandle } from 'puppeteer';
import { expect } from 'vitest';
import type { StudioApp } from '../demo/studio-app.ts';
import { type Opened, openPage, type PageOptions } from '../tools/browser.ts';

/** What the test server, which does not reload, writes into the console. */
const FROM_SERVER = /vite|websocket|ws:|Lit is in dev mode/i;

/** A page in a browser, and what went wrong in it. */
export interface Watched extends Opened {
  /** Errors of its console, and those that nothing caught. */
  problems: string[];
  /** Goes to an address of the pages, `index.html#...`, in a page without a past. */
  goTo(address: string): Promise<void>;
}

/** Opens a page as openPage does, of the built site unless told, and watches it. */
export async function openWatched(path: string, options: PageOptions = {}): Promise<Watched> {
  const problems: string[] = [];
  const opened = await openPage(path, {
    built: 'demo',
    onConsole: (type, text) => {
      if (type === 'error' && !FROM_SERVER.test(text)) problems.push(text);
    },
    onError: (error) => problems.push(error.message),
    ...options,
  });
  const goTo = async (address: string) => {
    const { page, url } = opened;
    await page.goto('about:blank'); // an address that differs in its hash alone loads nothing
    await page.goto(`${url}/demo/${address}`, { timeout: 0 });
  };
  return { ...opened, problems, goTo };
}

/** The studio in a browser, with what tests of it do. */
export async function openStudio(options: PageOptions = {}) {
  const opened = await openWatched('demo/index.html#v9/', options);
  const { page, goTo } = opened;

  /** Waits until something holds of the session, `s`. */
  const until = (condition: string, timeout = 200_000) =>
    page.waitForFunction(
      `((s) => ${condition})(document.querySelector('studio-app')?.session ?? {})`,
      {
        timeout,
        polling: 20,
      },
    );

  /** What the page knows of its run. */
  const look = () =>
    page.evaluate(() => {
      const { session, ...app } = document.querySelector('studio-app') as StudioApp;
      const { phase, curve, kept, notice, error, run, samples, recorded, opened } = session ?? {};
      return {
        ...{
          phase,
          kept,
          notice,
          error,
          run,
          recorded,
          problem: (app as { problem?: string }).problem,
        },
        form: opened?.form,
        step: curve?.steps.length ?? 0,
        losses: curve?.raw.map((column) => [...column]) ?? [],
        finite: samples?.values.every(Number.isFinite),
      };
    });

  /** Waits for an element, each of the selectors within the shadow root of the one before. */
  const find = async (...path: string[]) => {
    const within = (selectors: string[]) =>
      selectors.reduce<Element | Document | null>(
        (at, selector) =>
          (at && 'shadowRoot' in at ? (at.shadowRoot ?? at) : at)?.querySelector(selector) ?? null,
        document,
      );
    const found = await page.waitForFunction(within, { timeout: 100_000, polling: 50 }, [
      'studio-app',
      ...path,
    ]);
    return found as ElementHandle<HTMLElement>;
  };
  const click = async (...path: string[]) =>
    (await find(...path)).evaluate((element) => element.click());

  /** Opens an address, in a page without a past. */
  const open = async (hash: string) => {
    await goTo(`index.html${hash}`);
    await until(`['paused', 'done', 'failed'].includes(s.phase)`);
    expect((await look()).error).toBeNull();
  };
  const send = (kind: 'play' | 'pause' | 'reset' | 'step') =>
    page.evaluate((kind) => {
      (document.querySelector('studio-app') as StudioApp).session?.send({ kind });
    }, kind);
  /** Trains up to a step, or a few more, and pauses; the losses. */
  const train = async (step: number) => {
    await send('play');
    await until(`s.curve.steps.length >= ${step}`);
    await send('pause');
    await until(`s.phase === 'paused' || s.phase === 'done'`);
    return (await look()).losses;
  };
  return { ...opened, until, look, find, click, open, send, train };
}

/** The studio of `openStudio`. */
export type Studio = Awaited<ReturnType<typeof openStudio>>;
