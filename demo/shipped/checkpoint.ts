import { seal, unseal } from '../../engine/io/sealed.ts';
import type { RunConfig } from '../../run/folder.ts';
import { shippedFile } from './files.ts';
import { readRecording, readWeights } from './format.ts';

/**
 * The checkpoint of the run that comes with the page, with its losses; null where none does. Its
 * optimisers are as in `start`, the run's checkpoint of step 0.
 */
export async function shippedCheckpoint(run: RunConfig, start: Uint8Array) {
  const shipped = await shippedFile(run);
  if (!shipped) return null;
  const weights = readWeights(shipped);
  if (weights.size === 0) return null; // too large for a page
  const { tensors, notes } = unseal(start);
  const { step, losses } = readRecording(shipped);
  const file = seal(new Map([...tensors, ...weights]), { ...notes, step });
  return { step, file, losses };
}
