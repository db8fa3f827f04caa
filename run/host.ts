import { type Opened, openPage } from '../tools/browser.ts';
import { PageError } from './command.ts';
import type { Answer, Jobs } from './jobs.ts';

export interface Page {
  /** Runs a job of run/page.ts and returns its result. Throws PageError with the page's error. */
  run<J extends keyof Jobs>(job: J, input: Jobs[J]['input']): Promise<Jobs[J]['output']>;
  /** Asks the running job to finish its step, save and return. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a headless browser on the page that does the work; its events go to `onEvent`. */
export async function openRunPage(onEvent: (event: unknown) => unknown = () => {}): Promise<Page> {
  let broken: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    broken = reject;
  });
  const opened: Opened = await openPage('run/page.ts', {
    handleSIGINT: false, // Ctrl-C finishes the step and saves
    expose: { emitEvent: onEvent },
    onError: (error) => broken(error),
  });
  const { page } = opened;
  try {
    await Promise.race([page.waitForFunction('globalThis.runJob !== undefined'), failure]);
  } catch (error) {
    await opened.close();
    throw error;
  }
  failure.catch((error: Error) => console.error(error.stack)); // later ones are reported, not fatal
  return {
    async run<J extends keyof Jobs>(job: J, input: Jobs[J]['input']) {
      const answer = (await page.evaluate(
        (name, given) => globalThis.runJob(name as J, given as Jobs[J]['input']),
        job as string,
        input as object,
      )) as Answer<Jobs[J]['output']>;
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
