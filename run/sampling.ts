import type { Watch } from '../models/sampler.ts';
import type { Emit, SampleInput, Shown } from './jobs.ts';
import { showFilled, showFrames, showSamples, showView } from './shown.ts';
import { openTraining, stopped } from './training.ts';

/** How often a long draw tells where it stands, ms. */
const TELL_MS = 1000;

/** `count` samples of the model in a checkpoint, or another picture of it, to look at. */
export async function sample(input: SampleInput, emit: Emit): Promise<Shown> {
  const training = await openTraining(input);
  const { show, count, frames, given } = input;
  if (given !== undefined) return showFilled(training, given, count);
  if (show !== 'samples') return showView(training, show);
  return frames
    ? showFrames(training, count, frames, { signal: stopped })
    : showSamples(training, count, watched(emit));
}

/** Tells now and then how many passes are done, and ends the draw when it is to stop. */
function watched(emit: Emit): Watch {
  let told = performance.now();
  return {
    every: 8,
    signal: stopped,
    async seen(done) {
      const now = performance.now();
      if (now - told < TELL_MS) return;
      told = now;
      await emit({ kind: 'stage', text: `${done} passes` });
    },
  };
}
