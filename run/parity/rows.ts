import { arRows } from './ar.ts';
import { flowRows } from './flow.ts';
import { ganRows } from './gan.ts';
import type { ParityRow } from './judge.ts';
import { vaeRows } from './vae.ts';

/** The runs of the parity table. */
export const rows: readonly ParityRow[] = [...arRows, ...vaeRows, ...flowRows, ...ganRows];
