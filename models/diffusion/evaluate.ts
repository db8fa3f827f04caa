import {
  add,
  currentGpu,
  mul,
  sizeOf,
  sum as total,
  type Tensor,
  tensor,
  variable,
} from '../../engine/index.ts';
import { ofRows } from '../chunks.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import { samplePoints, type ToyName, toys } from '../data/toys.ts';
import {
  accuracy,
  type Classifier,
  classifierScore,
  linearClassifier,
} from '../metrics/classifier.ts';
import { frechetDistance, precisionRecall } from '../metrics/images.ts';
import { toyStats } from '../metrics/toys.ts';
import { drawOnce } from '../sampler.ts';
import type { Diffusion, Sampling } from './ddpm.ts';

/** The numbers of DDIM's steps that are compared, for points and for images. */
const PASSES = { points: [100, 50, 20, 10, 5], images: [50, 20, 10] };

/** Test metrics of a diffusion model, on points or on images. */
export const evaluateDiffusion = (model: Diffusion, source: Source) =>
  source.form.kind === 'points'
    ? evaluatePoints(model, source.name as ToyName)
    : evaluateImages(model, source);

/**
 * −log p(x) ≤ `bound`, nats: on 2000 points, 8 draws of each x_t, and its distance from the exact density;
 * sample metrics of 4000 points by all steps of the chain, of DDIM with fewer (energy distance and share
 * of good points, `ddim20EnergyDistance` and so on) and of DDIM with 50 without a bound on x_0.
 */
async function evaluatePoints(model: Diffusion, toy: ToyName) {
  const points = Float32Array.from(samplePoints(toy, 2000, randomStream(999, 0)));
  const bound = await boundOf(model, points, [2000, 2], 8);
  const exact = toys[toy].logDensity(points).reduce((sum, l) => sum + l / 2000, 0);
  const statsOf = async (options: Sampling) => toyStats(toy, await drawn(model, 4000, options));
  const fewer: Record<string, number> = {};
  for (const passes of PASSES.points.filter((passes) => passes <= model.schedule.steps)) {
    const stats = await statsOf({ sampler: 'ddim', eta: 0, passes });
    fewer[`ddim${passes}EnergyDistance`] = stats.energyDistance;
    const good = stats.hq ?? stats.onSupport;
    if (good !== undefined) fewer[`ddim${passes}Good`] = good;
  }
  const free = await statsOf({ sampler: 'ddim', eta: 0, passes: 50, clip: 0 });
  return {
    bound,
    gap: bound + exact,
    ...(await statsOf({ sampler: 'ancestral' })),
    ...fewer,
    ddim50UnclippedEnergyDistance: free.energyDistance,
  };
}

/** Images that go through a step together. */
const CHUNK = 128;
/** Training images that samples are compared with, and numbers of an image whose covariances are taken. */
const [COMPARED, SMALL] = [1438, 256];

/**
 * −log p(x) ≤ `boundBits` bits per dimension on test images, one draw of each x_t; and of as many samples
 * as images compared, by the model's own sampler and on small images by all steps (`ddpmFrechet` and so on)
 * and by DDIM with fewer (`ddim20Frechet`): Fréchet distance in pixels, classifier score, precision and
 * recall. Where the network is told classes, also how many samples a linear classifier takes for theirs.
 * On a software adapter larger images are measured on a part of them.
 */
async function evaluateImages(model: Diffusion, source: Source) {
  const gpu = currentGpu();
  const size = sizeOf(source.shape);
  const large = size > SMALL && gpu.software;
  const K = source.classes.length;
  const compared = Math.min(source.count as number, large ? 256 : COMPARED);
  const learned = Math.min(source.count as number, 5000);
  const test = Math.min(source.testCount as number, large ? 64 : 1000);

  const real = await imagesOf(source, compared, 'train');
  const labels = await classesOf(source, learned);
  const classifier = linearClassifier(await imagesOf(source, learned, 'train'), labels, K);
  const images = await imagesOf(source, test, 'test');
  const bound = await boundOf(model, images, [test, ...source.shape], 1);
  const qualityOf = async (options: Sampling) =>
    quality(await drawn(model, compared, options), real, size, classifier, K);

  const all: Record<string, number> = {
    boundBits: bound / size / Math.LN2,
    ...(await qualityOf({})),
  };
  if (size <= SMALL) {
    const add = (name: string, metrics: Record<string, number>) => {
      for (const [key, value] of Object.entries(metrics)) {
        all[`${name}${key[0].toUpperCase()}${key.slice(1)}`] = value;
      }
    };
    add('ddpm', await qualityOf({ sampler: 'ancestral' }));
    for (const passes of PASSES.images.filter((passes) => passes <= model.schedule.steps)) {
      add(`ddim${passes}`, await qualityOf({ sampler: 'ddim', eta: 0, passes }));
    }
  }
  if (model.classes) {
    const told = Uint32Array.from({ length: compared }, (_, i) => i % K);
    const p = await classifier.probabilities(await drawn(model, compared, { classes: told }));
    all.classAccuracy = accuracy(p, told, K);
  }
  classifier.dispose();
  return all;
}

async function quality(
  fake: Float32Array<ArrayBuffer>,
  real: Float32Array,
  size: number,
  classifier: Classifier,
  K: number,
) {
  const { precision, recall } = precisionRecall(real, fake, size);
  return {
    ...(size <= SMALL && { frechet: frechetDistance(real, fake, size) }),
    classifierScore: classifierScore(await classifier.probabilities(fake), K),
    precision,
    recall,
  };
}

/** Samples of a model as it is. */
const drawn = async (model: Diffusion, n: number, options: Sampling) =>
  (await drawOnce(model.sampler(n, options))) as Float32Array<ArrayBuffer>;

/** −log p(x) ≤ this, eq. (5) of DDPM, nats an example in the units of the data, `draws` of each x_t. */
async function boundOf(
  model: Diffusion,
  values: Float32Array<ArrayBuffer>,
  [count, ...shape]: readonly number[],
  draws: number,
): Promise<number> {
  const gpu = currentGpu();
  const size = sizeOf(shape);
  const sum = variable(null, [], { name: 'bound' });
  const prior = gpu.step((x: Tensor) => sum.assign(add(sum, total(model.priorTerm(x)))));
  const term = gpu.step((x: Tensor, t: number) =>
    sum.assign(add(sum, mul(total(model.boundTerm(x, t)), 1 / draws))),
  );
  const chunk = shape.length > 1 ? CHUNK : count;
  for (let from = 0; from < count; from += chunk) {
    const n = Math.min(chunk, count - from);
    const part = () => tensor(values.slice(from * size, (from + n) * size), [n, ...shape]);
    prior(part());
    for (let k = 0; k < draws; k++) {
      for (let t = 0; t < model.schedule.steps; t++) term(part(), t);
      await gpu.idle();
    }
  }
  const [nats] = await sum.data();
  for (const held of [term, prior, sum]) held.dispose();
  return nats / count + model.unitsNats;
}

/** The first images of a set, [count, ...]. */
async function imagesOf(source: Source, count: number, part: 'train' | 'test') {
  const step = currentGpu().step((rows: Tensor) =>
    part === 'train' ? source.draw(rows.size, rows) : source.drawTest(rows.size, rows),
  );
  const values = await ofRows(count, 1000, step);
  step.dispose();
  return values as Float32Array<ArrayBuffer>;
}

/** The classes of the first training images. */
async function classesOf(source: Source, count: number) {
  const step = currentGpu().step((rows: Tensor) => source.drawClasses(rows) as Tensor);
  const classes = Uint32Array.from(await ofRows(count, 1000, step));
  step.dispose();
  return classes;
}
