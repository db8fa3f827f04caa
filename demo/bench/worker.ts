import { detectClocks } from '../../bench/clock.ts';
import { contestant } from '../../bench/ours/contestant.ts';
import { calibrateRoofs } from '../../bench/roofs/calibrate.ts';
import { type Request, runCase } from '../../bench/run.ts';
import type { Asked, Told } from './protocol.ts';

const post = (told: Told) => globalThis.postMessage(told);

/** What this machine is, and what it can do at most. */
async function lookAround() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter)
    throw new Error('no WebGPU adapter. Use a current Chrome, Edge, Safari or Firefox.');
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  const clocks = await detectClocks();
  const roofs = await calibrateRoofs(adapter);
  return { adapter: { vendor, architecture, fallback: isFallbackAdapter }, clocks, roofs };
}

const run = (request: Request) =>
  runCase(request, {
    contestants: [contestant],
    now: () => performance.now(),
    tell: (fraction, note) => post({ kind: 'progress', fraction, note }),
  });

globalThis.onmessage = async ({ data }: MessageEvent<Asked>) => {
  try {
    if (data.kind === 'look') post({ kind: 'machine', machine: await lookAround() });
    else post({ kind: 'rows', rows: (await run(data.request)).rows });
  } catch (error) {
    post({ kind: 'failed', message: (error as Error).message });
  }
};
