import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PageError } from './command.ts';
import type { Page } from './host.ts';
import type { Answer, Jobs } from './jobs.ts';

const child = fileURLToPath(new URL('./dawn_process.ts', import.meta.url));

/** What the process tells: that it is ready, or can't be; an event that waits; an answer. */
export type Told =
  | { ready: true }
  | { failed: string }
  | { event: unknown }
  | { answer: Answer<unknown> };

/** What it is asked: to run a job, to go on after an event, or to stop the running job. */
export type Asked =
  | { job: keyof Jobs; input: unknown }
  | { dealt: true; failure?: string }
  | { stop: true };

/** Starts a process of Node that does the work on Dawn; its events go to `onEvent`. */
export async function openDawnProcess(onEvent: (event: unknown) => unknown): Promise<Page> {
  const worker = fork(child, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 2, 2, 'ipc'] });
  const ask = (asked: Asked) => void worker.send(asked);
  let settle: (told: Told) => void = () => {};
  const next = async () => {
    const told = await new Promise<Told>((resolve) => {
      settle = resolve;
    });
    if ('failed' in told) throw new PageError('browser-ended', told.failed, '');
    return told;
  };

  worker.on('message', async (told: Told) => {
    if (!('event' in told)) return settle(told);
    try {
      await onEvent(told.event);
      ask({ dealt: true });
    } catch (error) {
      ask({ dealt: true, failure: (error as Error).message });
    }
  });
  worker.on('error', ({ message }) => settle({ failed: message }));
  worker.on('exit', (code, signal) =>
    settle({
      failed: `the process with Dawn ended while it worked (${signal ?? code}). Run again.`,
    }),
  );

  const end = () => void worker.removeAllListeners('exit').kill();
  try {
    await next();
  } catch (error) {
    end();
    throw error;
  }
  return {
    async run<J extends keyof Jobs>(job: J, input: Jobs[J]['input']) {
      const told = next();
      ask({ job, input });
      const { answer } = (await told) as { answer: Answer<Jobs[J]['output']> };
      if ('value' in answer) return answer.value;
      const { kind, message, stack } = answer.error;
      throw new PageError(kind, message, stack);
    },
    stop: async () => ask({ stop: true }),
    close: async () => end(),
  };
}
