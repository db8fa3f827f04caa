import type { ParityRow } from './judge.ts';

/** The reference's runs of discrete diffusion models. */
export const discreteRows: readonly ParityRow[] = [];
