import { describeAdapter } from './adapter.ts';
import { detectClocks } from './clock.ts';
import { calibrateRoofs } from './roofs/calibrate.ts';
import { type Request, type Result, runCase } from './run.ts';
import { runTrials, type Trials } from './selftest/trials.ts';
import type { Clocks, Contestant, Header, Roofs } from './types.ts';

declare global {
  interface Window {
    /** Who takes part, in this order. */
    contestants: Contestant[];
    /** Runs one case. Call once per page. */
    runCase(request: Request): Promise<Result>;
    describeAdapter(): Promise<Pick<Header, 'adapter' | 'features' | 'limits'>>;
    detectClocks(): Promise<Clocks>;
    calibrateRoofs(): Promise<Roofs>;
    selftest(trials: number, planted: number, quantumMs: number): Promise<Trials>;
    /** Provided by the command line. */
    tell?(fraction: number, note: string): void;
  }
}

const now = () => performance.now();
const tell = (fraction: number, note: string) => window.tell?.(fraction, note);

window.contestants = [];
window.detectClocks = detectClocks;
window.runCase = (request) => runCase(request, { contestants: window.contestants, now, tell });

/** @throws Error that says what to do where there is no WebGPU */
async function requestAdapter(): Promise<GPUAdapter> {
  if (!window.isSecureContext) {
    throw new Error(
      `bench: ${location.origin} is no secure page, so it has no WebGPU. Use https, localhost through ` +
        `a tunnel, or start the browser with --unsafely-treat-insecure-origin-as-secure=${location.origin}.`,
    );
  }
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) {
    throw new Error(
      'bench: expected a WebGPU adapter, got none. Headless Chrome needs --enable-unsafe-webgpu, ' +
        'without a GPU also --use-webgpu-adapter=swiftshader.',
    );
  }
  return adapter;
}

window.calibrateRoofs = async () => calibrateRoofs(await requestAdapter());

window.selftest = async (trials, planted, quantumMs) =>
  runTrials(await requestAdapter(), trials, planted, now, quantumMs, tell);

window.describeAdapter = async () => describeAdapter(await requestAdapter());
