import { currentGpu, type Shape, sizeOf } from '../../engine/index.ts';
import { classesOf, examplesOf } from '../data/examples.ts';
import type { Source } from '../data/source.ts';
import { accuracy, classifierScore, linearClassifier } from './classifier.ts';
import { openLenet } from './features/lenet.ts';
import { describeImages, type FeatureNetwork } from './features/network.ts';
import { hasLenet } from './features/shipped.ts';
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
  /** The Fréchet distance, precision, recall, density and coverage of features; the classifier score. */
  of(samples: Images): Promise<Record<string, number>>;
  /** Part of the samples that the classifier takes for the class that they should be of. */
  accuracy(samples: Images, classes: Uint32Array): Promise<number>;
  dispose(): void;
}

/** What is compared of images: rows of features, and the rows whose covariances are taken. */
interface Seen {
  rows: Images;
  small: Images;
  probabilities: Float32Array;
}

/** How images are seen. */
interface Eye {
  see(images: Images): Promise<Seen>;
  dispose(): void;
}

/**
 * A meter for a set of images with classes. Images are seen by a feature network, which the meter then owns:
 * unless told by the LeNet that is here for large images of the set. Without one features are the pixels,
 * for the Fréchet distance of large images averaged over squares, and the classifier is linear, learned from
 * training images.
 */
export async function qualityMeter(
  source: Source,
  given?: FeatureNetwork | null,
): Promise<QualityMeter> {
  const network = given === undefined ? await usualNetwork(source) : given;
  const large = sizeOf(source.shape) > SMALL && currentGpu().software;
  const K = source.classes.length;
  const compared = Math.min(source.count as number, large ? 256 : COMPARED);
  const eye = network ? eyeOf(network, source.shape) : await pixelEye(source);
  const real = await eye.see(await examplesOf(source, compared, 'train'));
  const [size, smallSize] = [real.rows.length / compared, real.small.length / compared];
  const gaussian = await gaussianOf(real.small, smallSize);
  const manifold = await manifoldOf(real.rows, size);
  return {
    compared,
    large,
    async of(samples) {
      const { rows, small, probabilities } = await eye.see(samples);
      return {
        frechet: frechet(gaussian, await gaussianOf(small, smallSize)),
        classifierScore: classifierScore(probabilities, K),
        ...(await coverageOf(manifold, await manifoldOf(rows, size))),
      };
    },
    accuracy: async (samples, classes) =>
      accuracy((await eye.see(samples)).probabilities, classes, K),
    dispose: () => eye.dispose(),
  };
}

/** Small images are compared by their pixels, as the reference runs are (run/parity). */
async function usualNetwork({ name, shape }: Source): Promise<FeatureNetwork | null> {
  return sizeOf(shape) > SMALL && hasLenet(name) ? openLenet(name) : null;
}

/** Sees images by a network. */
const eyeOf = (network: FeatureNetwork, shape: Shape): Eye => ({
  async see(images) {
    const { features, probabilities } = await describeImages(network, images, shape);
    return { rows: features, small: features, probabilities };
  },
  dispose: () => network.dispose(),
});

/** Sees the pixels of images of a set, and classes by what a linear classifier learns of it. */
async function pixelEye(source: Source): Promise<Eye> {
  const learned = Math.min(source.count as number, LEARNED);
  const classifier = linearClassifier(
    await examplesOf(source, learned, 'train'),
    await classesOf(source, learned),
    source.classes.length,
  );
  return {
    see: async (images) => ({
      rows: images,
      small: shrink(images, source.shape, SMALL),
      probabilities: await classifier.probabilities(images),
    }),
    dispose: () => classifier.dispose(),
  };
}
