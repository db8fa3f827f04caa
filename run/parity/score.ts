import type { ParityRow } from './judge.ts';

/** The reference's runs of score-based models. */
export const scoreRows: readonly ParityRow[] = [];
