import { type Gpu, open } from '../engine/index.ts';

let current: Gpu | null = null;

/** The engine of this test file, opened at the first call. */
export async function shared(): Promise<Gpu> {
  current ??= await open();
  return current;
}

/** Opens an engine anew, with a seed, in place of the one before. */
export async function ready(seed = 0): Promise<Gpu> {
  current?.close();
  current = await open({ seed });
  return current;
}
