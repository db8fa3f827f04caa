import { normal, sizeOf, type Tensor, tensor } from '../../engine/index.ts';
import { meanOf } from '../chunks.ts';
import { classesOf, examplesOf } from '../data/examples.ts';
import type { Source } from '../data/source.ts';
import { type ToyName, toys } from '../data/toys.ts';
import { energyDistance } from '../metrics/distance.ts';
import { frechetDistance } from '../metrics/frechet.ts';
import { countsOf, spreadOf } from '../metrics/modes.ts';
import { named } from '../metrics/names.ts';
import { nearest, precisionRecall } from '../metrics/neighbours.ts';
import { toyStats } from '../metrics/toys.ts';
import { steepest, wasserstein } from '../metrics/wasserstein.ts';
import { drawOnce, onePass } from '../sampler.ts';
import type { Gan } from './adversarial.ts';

/** Points of each side between which W₁ is exact. */
const MATCHED = 256;
/** Images that are drawn, and training images whose manifold they are compared with, at most. */
const [DRAWN, COMPARED] = [1000, 1500];
/** Pixels up to which a Fréchet distance takes no minutes. */
const SMALL = 100;

/**
 * Sample metrics of a GAN, which has no likelihood. Of 4000 points by the generator as trained and, with
 * `ema` before the name, by its running average; and what the critic knows of W₁ (`distances`). Of
 * images see `imageStats`.
 */
export async function evaluateGan(model: Gan, source: Source): Promise<Record<string, number>> {
  if (!Object.hasOwn(toys, source.name)) return imageStats(model, source);
  const trained = await once(() => model.generate(normal([4000, model.noise]), 'trained'));
  const averaged = await once(() => model.generate(normal([4000, model.noise])));
  const name = source.name as ToyName;
  return {
    ...toyStats(name, trained),
    ...named('ema', { ...toyStats(name, averaged) }),
    ...(await distances(
      model,
      await once(() => source.draw(MATCHED, null)),
      trained.subarray(0, 2 * MATCHED),
    )),
  };
}

/**
 * W₁ of two samples [n, 2] exactly, and what the critic's scores say of it: its gap E D(x) − E D(x̃), over
 * the steepest slope between any two of the points. By duality that is never more than W₁.
 */
export async function distances(model: Gan, real: Float32Array, fake: Float32Array) {
  const size = 2;
  const n = real.length / size;
  const points = Float32Array.from([...real, ...fake]);
  const scores = await once(() => model.score(tensor(points, [2 * n, size])));
  const gap = meanOf(scores.subarray(0, n)) - meanOf(scores.subarray(n));
  const slope = steepest(points, scores, size);
  return { w1: wasserstein(real, fake, size), w1Critic: gap / (slope || 1), slope };
}

/**
 * Of 1000 samples of the averaged generator, in pixels: energy distance from the test images; Fréchet
 * distance, precision and recall of training images; and of how their classes spread, a sample being of
 * the class of the training image nearest to it.
 */
async function imageStats(model: Gan, source: Source): Promise<Record<string, number>> {
  const size = sizeOf(source.shape);
  const test = await examplesOf(source, Math.min(DRAWN, source.testCount as number), 'test');
  const compared = Math.min(COMPARED, source.count as number);
  const train = await examplesOf(source, compared, 'train');
  const fake = (await drawOnce(model.sampler(DRAWN))) as Float32Array;
  const { precision, recall } = await precisionRecall(train, fake, size);
  return {
    energyDistance: energyDistance(fake, test, size),
    ...(size <= SMALL && { frechet: await frechetDistance(train, fake, size) }),
    precision,
    recall,
    ...classStats(
      (await nearest(fake, train, size)).index,
      await classesOf(source, compared),
      source.classes.length,
      model.conditional,
    ),
  };
}

/**
 * How samples spread over classes, given the training image nearest to each and the classes of those:
 * classes with at least a fifth of their fair share, KL divergence of the shares from equal ones, nats,
 * and, where samples were drawn of each class in turn, the share of those that came out so.
 */
export function classStats(
  neighbours: ArrayLike<number>,
  classes: ArrayLike<number>,
  count: number,
  conditional: boolean,
) {
  const found = Uint32Array.from(neighbours, (row) => classes[row]);
  const { covered, reverseKl } = spreadOf(countsOf(found, count), found.length);
  const asked = found.filter((k, i) => k === i % count).length;
  return {
    classes: covered,
    classKl: reverseKl,
    ...(conditional && { asAsked: asked / found.length }),
  };
}

/** The values of a tensor made in a step of its own. */
const once = async (make: () => Tensor) => (await drawOnce(onePass(make))) as Float32Array;
