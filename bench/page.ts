import { detectClocks } from './clock.ts';
import { type Request, type Result, runCase } from './run.ts';
import type { Clocks, Contestant, Header } from './types.ts';

declare global {
  interface Window {
    /** Who takes part, in this order. */
    contestants: Contestant[];
    /** Runs one case. Call once per page. */
    runCase(request: Request): Promise<Result>;
    describeAdapter(): Promise<Pick<Header, 'adapter' | 'features' | 'limits'>>;
    detectClocks(): Promise<Clocks>;
    /** Provided by the command line. */
    tell?(fraction: number, note: string): void;
  }
}

window.contestants = [];
window.detectClocks = detectClocks;
window.runCase = (request) =>
  runCase(request, {
    contestants: window.contestants,
    now: () => performance.now(),
    tell: window.tell ?? (() => {}),
  });

window.describeAdapter = async () => {
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
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return {
    adapter: { vendor, architecture, description, fallback: isFallbackAdapter },
    features: [...adapter.features].sort(),
    limits,
  };
};
