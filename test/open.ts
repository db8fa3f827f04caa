import { type Gpu, open } from '../engine/index.ts';

let current: Gpu | null = null;

/** The engine of this test file, opened at the first call. */
export async function shared(): Promise<Gpu> {
  return current ?? ready();
}

/**
 * Opens an engine anew, with a seed, in place of the one before. VITE_LIMITS=default gives it only
 * what every WebGPU adapter has; VITE_CHOICE=hardware lets it choose the kernels meant for GPUs.
 */
export async function ready(seed = 0): Promise<Gpu> {
  current?.close();
  const { VITE_LIMITS, VITE_CHOICE } = import.meta.env;
  const adapter = VITE_LIMITS === 'default' ? await navigator.gpu.requestAdapter() : null;
  current = await open({ seed, device: await adapter?.requestDevice() });
  if (VITE_CHOICE === 'hardware') Object.assign(current, { software: false });
  return current;
}
