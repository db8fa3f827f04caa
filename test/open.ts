import { type Gpu, open } from '../engine/index.ts';

let current: Gpu | null = null;

/** The engine that the tests share. Call `ready` once before. */
export function gpu(): Gpu {
  if (!current) throw new Error('test: call ready() first');
  return current;
}

/** Opens the shared engine, or makes the one already open current again. */
export async function ready(seed = 0): Promise<Gpu> {
  current = await open({ seed });
  return current;
}
