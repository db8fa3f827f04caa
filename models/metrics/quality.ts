import { currentGpu, sizeOf } from '../../engine/index.ts';
import { classesOf, examplesOf } from '../data/examples.ts';
import type { Source } from '../data/source.ts';
import { accuracy, classifierScore, linearClassifier } from './classifier.ts';
import { gaussianOf } from './frechet.ts';
import { frechet } from './gaussian.ts';
import { coverageOf, manifoldOf } from './neighbours.ts';
import { shrink } from './shrink.ts';

/** Numbers of an image whose covariances are taken, at most. */
const SMALL = 256;
/** Training images that samples are compared with, and those that the classifier learns from. */
const [COMPARED, LEARNED] = [1438, 5000];

type Images = Float32Array<ArrayBuffer>;

/** Measures samples of images 0..1 against the training images of a set. */
export interface QualityMeter {
  /** Images that are compared; as many samples are wanted. */
  readonly compared: number;
  /** Whether images are large for the adapter, so that fewer are measured. */
  readonly large: boolean;
  /**
   * The Fréchet distance of pixels, of large images averaged over squares; the score of a linear classifier;
   * precision, recall, density and coverage of pixels.
   */
  of(samples: Images): Promise<Record<string, number>>;
  /** Part of the samples that a linear classifier takes for the class that they should be of. */
  accuracy(samples: Images, classes: Uint32Array): Promise<number>;
  dispose(): void;
}

/** A meter for a set of images with classes. */
export async function qualityMeter(source: Source): Promise<QualityMeter> {
  const size = sizeOf(source.shape);
  const large = size > SMALL && currentGpu().software;
  const K = source.classes.length;
  const compared = Math.min(source.count as number, large ? 256 : COMPARED);
  const learned = Math.min(source.count as number, LEARNED);
  const real = await examplesOf(source, compared, 'train');
  const small = (images: Images) => shrink(images, source.shape, SMALL);
  const smallReal = small(real);
  const smallSize = smallReal.length / compared;
  const [gaussian, manifold] = [
    await gaussianOf(smallReal, smallSize),
    await manifoldOf(real, size),
  ];
  const classifier = linearClassifier(
    await examplesOf(source, learned, 'train'),
    await classesOf(source, learned),
    K,
  );
  return {
    compared,
    large,
    of: async (samples) => ({
      frechet: frechet(gaussian, await gaussianOf(small(samples), smallSize)),
      classifierScore: classifierScore(await classifier.probabilities(samples), K),
      ...(await coverageOf(manifold, await manifoldOf(samples, size))),
    }),
    accuracy: async (samples, classes) =>
      accuracy(await classifier.probabilities(samples), classes, K),
    dispose: () => classifier.dispose(),
  };
}
