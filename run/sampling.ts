import type { SampleInput, Shown } from './jobs.ts';
import { showFilled, showSamples, showView } from './shown.ts';
import { openTraining } from './training.ts';

/** `count` samples of the model in a checkpoint, or another picture of it, to look at. */
export async function sample(input: SampleInput): Promise<Shown> {
  const training = await openTraining(input);
  const { show, count, given } = input;
  if (given !== undefined) return showFilled(training, given, count);
  return show === 'samples' ? showSamples(training, count) : showView(training, show);
}
