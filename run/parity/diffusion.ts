import type { ParityRow } from './judge.ts';

/** The reference's runs of diffusion models. */
export const diffusionRows: readonly ParityRow[] = [];
