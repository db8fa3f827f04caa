import { imageRows } from './ar_images.ts';
import { sequenceRows } from './ar_sequences.ts';
import { diffusionRows } from './diffusion.ts';
import { discreteRows } from './discrete.ts';
import { ebmRows } from './ebm.ts';
import { flowRows } from './flow.ts';
import { ganRows } from './gan.ts';
import type { ParityRow } from './judge.ts';
import { scoreRows } from './score.ts';
import { vaeRows } from './vae.ts';

/** The runs of the parity table. */
export const rows: readonly ParityRow[] = [
  ...imageRows,
  ...sequenceRows,
  ...vaeRows,
  ...flowRows,
  ...ganRows,
  ...ebmRows,
  ...scoreRows,
  ...diffusionRows,
  ...discreteRows,
];
