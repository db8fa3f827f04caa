import { useDawn } from '../tools/dawn.ts';
import { moduleServer } from '../tools/modules.ts';
import type { Asked, Told } from './host_dawn.ts';

// What run/page.ts is in a browser, as a process of Node.

const tell = (told: Told) => void process.send?.(told);
let dealt: (failure?: string) => void = () => {};

globalThis.emitEvent = (event) =>
  new Promise((resolve, reject) => {
    dealt = (failure) => (failure === undefined ? resolve() : reject(new Error(failure)));
    tell({ event });
  });

process.on('SIGINT', () => {}); // the command asks to stop
process.on('disconnect', () => process.exit());
process.on('message', async (asked: Asked) => {
  if ('dealt' in asked) dealt(asked.failure);
  else if ('stop' in asked) globalThis.stopJob();
  else tell({ answer: await globalThis.runJob(asked.job, asked.input as never) });
});

try {
  await useDawn();
  await (await moduleServer()).ssrLoadModule('/run/page.ts');
  tell({ ready: true });
} catch (error) {
  tell({ failed: (error as Error).message });
}
