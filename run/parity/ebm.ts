import type { ParityRow } from './judge.ts';

/** The reference's runs of energy-based models. */
export const ebmRows: readonly ParityRow[] = [];
