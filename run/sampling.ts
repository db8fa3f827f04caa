import type { Picture, SampleInput } from './jobs.ts';
import { samplePicture } from './picture.ts';
import { openTraining } from './training.ts';

/** A picture of `count` samples of the model in a checkpoint. */
export async function sample(input: SampleInput): Promise<Picture> {
  return samplePicture(await openTraining(input), input.count);
}
