import { examplesOf } from '../../models/data/examples.ts';
import { drawOnce } from '../../models/sampler.ts';
import { wayOf } from '../../models/uses/completion.ts';
import type { Training } from '../../run/begin.ts';
import type { Answers } from './answers.ts';

/** Test images that can be completed. */
const SHOWN = 12;

/** What is known of an image, and how many completions are wanted. */
export interface Complete {
  /** [H·W·C], 0..1. */
  image: Float32Array;
  /** [H·W], 0 where a pixel is erased. */
  known: number[];
  count: number;
}

/** Images to complete. */
export interface Completable {
  /** [n, H·W·C]. */
  images: Float32Array;
  /** Whether what is known is taken account of wherever it lies, not only where it comes first. */
  any: boolean;
}

/** The answers of models that complete images; null to `completable` for others. */
export function completionAnswers({ model, source }: Training): Answers {
  const way = wayOf(model);
  return {
    async completable(): Promise<Completable | null> {
      if (!way) return null;
      const count = Math.min(SHOWN, source.testCount as number);
      return { images: await examplesOf(source, count, 'test'), any: way.any };
    },
    async complete({ image, known, count }: Complete, signal): Promise<Float32Array | null> {
      if (!way) return null;
      const images = Float32Array.from(
        { length: count * image.length },
        (_, i) => image[i % image.length],
      );
      const sampler = way.complete(images, Uint8Array.from(known));
      return (await drawOnce(sampler, { signal })) as Float32Array;
    },
  };
}
