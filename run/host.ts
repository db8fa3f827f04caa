import type { Jobs } from './jobs.ts';

/** Something with WebGPU that does the work of a command: a page of a browser, or Node on Dawn. */
export interface Page {
  /** Runs a job of run/page.ts and returns its result. Throws PageError with the page's error. */
  run<J extends keyof Jobs>(job: J, input: Jobs[J]['input']): Promise<Jobs[J]['output']>;
  /** Asks the running job to finish its step, save and return. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what does the work: a headless browser, or with EIGHTFOLD_ADAPTER=dawn a process of Node on
 * the system's driver. Its events go to `onEvent`, and it waits until each is dealt with.
 */
export async function openRunPage(onEvent: (event: unknown) => unknown = () => {}): Promise<Page> {
  if (process.env.EIGHTFOLD_ADAPTER === 'dawn') {
    return (await import('./host_dawn.ts')).openDawnProcess(onEvent);
  }
  return (await import('./host_browser.ts')).openBrowserPage(onEvent);
}
