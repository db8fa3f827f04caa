import { type Opened, openPage } from '../tools/browser.ts';
import { PageError } from './command.ts';
import type { Page } from './host.ts';
import type { Answer, Jobs } from './jobs.ts';

const READY = 'globalThis.runJob !== undefined';
const START_MS = 300_000; // a busy machine may take long to load the page

/** Opens a headless browser on the page that does the work; its events go to `onEvent`. */
export async function openBrowserPage(onEvent: (event: unknown) => unknown): Promise<Page> {
  let broken: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    broken = reject;
  });
  const opened: Opened = await openPage('run/page.html', {
    built: 'run',
    handleSIGINT: false, // Ctrl-C finishes the step and saves
    expose: { emitEvent: onEvent },
    onError: (error) => broken(error),
  });
  const { page } = opened;
  try {
    await Promise.race([page.waitForFunction(READY, { timeout: START_MS }), failure]);
  } catch (error) {
    await opened.close();
    throw error;
  }
  failure.catch((error: Error) => console.error(error.stack)); // later ones are reported, not fatal
  return {
    async run<J extends keyof Jobs>(job: J, input: Jobs[J]['input']) {
      const call = page.evaluate(
        (name, given) => globalThis.runJob(name as J, given as Jobs[J]['input']),
        job as string,
        input as object,
      );
      const answer = (await call.catch(ended)) as Answer<Jobs[J]['output']>;
      if ('error' in answer) {
        const { kind, message, stack } = answer.error;
        throw new PageError(kind, message, stack);
      }
      return answer.value;
    },
    async stop() {
      await page.evaluate(() => globalThis.stopJob());
    },
    close: opened.close,
  };
}

/** What puppeteer says when the browser or its page has gone while a job ran. */
function ended({ message, stack }: Error): never {
  throw new PageError(
    'browser-ended',
    `the browser ended while it worked (${message}). Run again; a training run continues with --resume.`,
    stack ?? '',
  );
}
