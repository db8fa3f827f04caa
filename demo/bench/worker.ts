import { describeAdapter } from '../../bench/adapter.ts';
import { detectClocks } from '../../bench/clock.ts';
import { contestant, withVariant } from '../../bench/ours/contestant.ts';
import { OURS } from '../../bench/report.ts';
import { calibrateRoofs } from '../../bench/roofs/calibrate.ts';
import { type Request, runCase } from '../../bench/run.ts';
import type { Asked, Edited, Told } from './protocol.ts';

const post = (told: Told) => globalThis.postMessage(told);

async function adapterHere(): Promise<GPUAdapter> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter. Use a current Chrome, Edge, Safari or Firefox');
  return adapter;
}

/** What this machine is, and what it can do at most. */
async function lookAround() {
  const adapter = await adapterHere();
  const clocks = await detectClocks();
  const roofs = await calibrateRoofs(adapter);
  return { ...describeAdapter(adapter), clocks, roofs };
}

const tell = (fraction: number, note: string) => post({ kind: 'progress', fraction, note });

const run = (request: Request, edited?: Edited) =>
  runCase(request, {
    contestants: edited ? original(edited) : [contestant],
    now: () => performance.now(),
    tell,
  });

/** The variant as it is, then as it was edited. */
function original({ contract, variant, code }: Edited) {
  const forced = { contract, variant, bucket: '*' };
  return [withVariant(OURS, forced), withVariant('edited', forced, code)];
}

async function check(edited: Edited) {
  const { checkText } = await import('../kernels/check.ts'); // the tables are many
  return checkText(await adapterHere(), edited, tell);
}

globalThis.onmessage = async ({ data }: MessageEvent<Asked>) => {
  try {
    if (data.kind === 'look') {
      post({ kind: 'machine', machine: await lookAround() });
    } else if (data.kind === 'check') {
      post({ kind: 'checked', checked: await check(data.edited) });
    } else post({ kind: 'rows', rows: (await run(data.request, data.edited)).rows });
  } catch (error) {
    post({ kind: 'failed', message: (error as Error).message });
  }
};
