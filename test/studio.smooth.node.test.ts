import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStudio, type Studio } from './studio.page.ts';

// The page stays quick while the worker trains.

vi.setConfig({ testTimeout: 300_000 });

/** A task of the page's thread may compute so long, ms. */
const MOST = 50;

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** CPU time, µs: what other processes do meanwhile does not count. */
  tdur?: number;
  args: { name?: string };
}

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

/** CPU times of the tasks of the page's thread while something is done, ms, the longest first. */
async function tasksOf(work: () => Promise<unknown>): Promise<number[]> {
  const { tracing } = studio.page;
  await tracing.start({ categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const trace = new TextDecoder().decode(await tracing.stop());
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace);
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => /RunTask$/.test(name) && main.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a);
}

test.each([
  '#v1/vae/digits8?hidden=32&batch=32&steps=100000',
  '#v1/realnvp/two_moons?layers=2&hidden=16&batch=64&steps=100000',
])('no task of the page takes longer than 50 ms while it trains: %s', async (hash) => {
  await studio.open(hash);
  await studio.train(30);
  const tasks = await tasksOf(() => studio.train(250));
  console.log(
    `longest tasks: ${tasks
      .slice(0, 5)
      .map((ms) => ms.toFixed(1))
      .join(', ')} ms of ${tasks.length}`,
  );
  expect(tasks.length).toBeGreaterThan(50);
  expect(tasks[0]).toBeGreaterThan(0);
  expect(tasks[0]).toBeLessThan(MOST);
});
