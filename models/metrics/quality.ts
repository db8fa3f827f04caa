import { currentGpu, sizeOf, type Tensor } from '../../engine/index.ts';
import { ofRows } from '../chunks.ts';
import type { Source } from '../data/source.ts';
import { accuracy, classifierScore, linearClassifier } from './classifier.ts';
import { frechetDistance } from './frechet.ts';
import { precisionRecall } from './neighbours.ts';
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
  const real = await imagesOf(source, compared, 'train');
  const small = (images: Images) => shrink(images, source.shape, SMALL);
  const smallReal = small(real);
  const smallSize = smallReal.length / compared;
  const classifier = linearClassifier(
    await imagesOf(source, learned, 'train'),
    await classesOf(source, learned),
    K,
  );
  return {
    compared,
    large,
    async of(samples) {
      const { precision, recall } = await precisionRecall(real, samples, size);
      const score = classifierScore(await classifier.probabilities(samples), K);
      return {
        frechet: await frechetDistance(smallReal, small(samples), smallSize),
        classifierScore: score,
        precision,
        recall,
      };
    },
    accuracy: async (samples, classes) =>
      accuracy(await classifier.probabilities(samples), classes, K),
    dispose: () => classifier.dispose(),
  };
}

/** Metrics with a name before theirs: `ddimFrechet`. */
export const named = (name: string, metrics: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics).map(([key, value]) => [
      `${name}${key[0].toUpperCase()}${key.slice(1)}`,
      value,
    ]),
  );

/** The first images of a set, [count, ...]. */
export async function imagesOf(
  source: Source,
  count: number,
  part: 'train' | 'test',
): Promise<Images> {
  const step = currentGpu().step((rows: Tensor) =>
    part === 'train' ? source.draw(rows.size, rows) : source.drawTest(rows.size, rows),
  );
  const values = await ofRows(count, 1000, step);
  step.dispose();
  return values as Images;
}

/** The classes of the first training images. */
async function classesOf(source: Source, count: number) {
  const step = currentGpu().step((rows: Tensor) => source.drawClasses(rows) as Tensor);
  const classes = Uint32Array.from(await ofRows(count, 1000, step));
  step.dispose();
  return classes;
}
