import type { Page } from 'puppeteer';
import { openPage, type PageOptions } from '../../tools/browser.ts';
import type {} from '../page.ts';
import type { Request } from '../run.ts';
import type { Clocks } from '../types.ts';
import type { Host } from './host.ts';

/**
 * Opens the page of the bench.
 * @param modules address of each contestant's module on the server, by name
 */
export async function openHost(
  modules: Readonly<Record<string, string>>,
  options: PageOptions,
): Promise<Host> {
  const opened = await openPage('bench/page.ts', options);
  const { page, browser } = opened;
  const ready = () => page.waitForFunction('window.runCase', { timeout: 300_000 });
  try {
    await ready();
    const described = await page.evaluate(() => window.describeAdapter());
    const clocks: Clocks = await page.evaluate(() => window.detectClocks());
    const spawned = browser.process()?.spawnargs ?? [];
    const fresh = async () => {
      await page.reload({ timeout: 0 });
      await ready();
    };
    return {
      async calibrate() {
        await fresh();
        return page.evaluate(() => window.calibrateRoofs());
      },
      async selftest(trials, planted) {
        await fresh();
        return page.evaluate(
          (...given) => window.selftest(...given),
          trials,
          planted,
          clocks.now_us / 1000,
        );
      },
      async run({ name, problem }, asked) {
        await fresh();
        const absent = await load(page, modules);
        const quantumMs = clocks.now_us / 1000;
        const request: Request = { ...asked, case: name, problem, absent, quantumMs };
        return page.evaluate((r) => window.runCase(r), request as never);
      },
      describe: async () => ({
        ...described,
        browser: await browser.version(),
        flags: spawned.filter((arg) => /gpu|vulkan|angle|dawn/i.test(arg)),
        clocks,
      }),
      close: opened.close,
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Loads the contestants into a fresh page; tells why one can't be. */
async function load(
  page: Page,
  modules: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const absent: Record<string, string> = {};
  for (const [name, url] of Object.entries(modules)) {
    try {
      // as text: Vite rewrites an import() of a variable and loads its client for that
      await page.evaluate(`import('${url}').then((m) => void contestants.push(m.contestant))`);
    } catch (error) {
      absent[name] = (error as Error).message;
    }
  }
  return absent;
}
