import type { SampleInput, Shown } from './jobs.ts';
import { showSamples } from './shown.ts';
import { openTraining } from './training.ts';

/** `count` samples of the model in a checkpoint, to look at. */
export async function sample(input: SampleInput): Promise<Shown> {
  return showSamples(await openTraining(input), input.count);
}
