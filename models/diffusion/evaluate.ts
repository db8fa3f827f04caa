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
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import { samplePoints, type ToyName, toys } from '../data/toys.ts';
import { toyStats } from '../metrics/toys.ts';
import { drawOnce, type Sampler } from '../sampler.ts';
import type { Diffusion, Sampling } from './ddpm.ts';
import type { LatentDiffusion } from './latent_diffusion.ts';
import { examplesOf } from '../data/examples.ts';
import { named } from '../metrics/names.ts';
import { linearProbe } from '../uses/representation.ts';
import { qualityMeter } from '../metrics/quality.ts';

/** The step, as a part of all, whose features are read: a little noise. */
const PROBED = 0.1;
/** Large images, for the adapter, of which features are read. */
const FEW = 500;
/** The numbers of DDIM's steps that are compared, for points and for images. */
const PASSES = { points: [100, 50, 20, 10, 5], images: [100, 50, 20, 10] };

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

/**
 * −log p(x) ≤ `boundBits` bits per dimension on test images, one draw of each x_t; how well a linear
 * classifier reads the classes from what the network makes of images (`probeAccuracy`); and the quality of
 * samples (quality.ts), by the model's own sampler and on small images by all steps (`ddpmFrechet` and so
 * on) and by DDIM with fewer (`ddim20Frechet`). Where the network is told classes, also how many samples a
 * linear classifier takes for theirs.
 */
async function evaluateImages(model: Diffusion, source: Source) {
  const meter = await qualityMeter(source);
  const test = Math.min(source.testCount as number, meter.large ? 64 : 1000);
  const images = await examplesOf(source, test, 'test');
  const bound = await boundOf(model, images, [test, ...source.shape], 1);
  const qualityOf = async (options: Sampling) =>
    meter.of(await drawn(model, meter.compared, options));

  const probed = Math.round(PROBED * (model.schedule.steps - 1));
  const all: Record<string, number> = {
    boundBits: bound / sizeOf(source.shape) / Math.LN2,
    ...(source.classes.length > 0 && {
      probeAccuracy: await linearProbe(
        source,
        (x) => model.features(x, probed),
        meter.large ? FEW : undefined,
      ),
    }),
    ...(await qualityOf({})),
  };
  if (!meter.large) {
    Object.assign(all, named('ddpm', await qualityOf({ sampler: 'ancestral' })));
    for (const passes of PASSES.images.filter((passes) => passes <= model.schedule.steps)) {
      const quality = await qualityOf({ sampler: 'ddim', eta: 0, passes });
      Object.assign(all, named(`ddim${passes}`, quality));
    }
  }
  if (model.classes) {
    const classes = Uint32Array.from({ length: meter.compared }, (_, i) => i % model.classes);
    all.classAccuracy = await meter.accuracy(
      await drawn(model, meter.compared, { classes }),
      classes,
    );
  }
  meter.dispose();
  return all;
}

/**
 * The quality of samples (quality.ts) of a latent diffusion model and, as `vaeFrechet` and so on, of its
 * autoencoder alone, whose latents are then drawn from N(0, I).
 */
export async function evaluateLatent(model: LatentDiffusion, source: Source) {
  const meter = await qualityMeter(source);
  const draw = async (of: { sampler(n: number): Sampler }) =>
    (await drawOnce(of.sampler(meter.compared))) as Float32Array<ArrayBuffer>;
  const all = {
    ...(await meter.of(await draw(model))),
    ...named('vae', await meter.of(await draw(model.autoencoder))),
  };
  meter.dispose();
  return all;
}

/** Samples of a model as it is. */
const drawn = async (model: Diffusion, n: number, options: Sampling) =>
  (await drawOnce(model.sampler(n, options))) as Float32Array<ArrayBuffer>;

/** −log p(x) ≤ this, eq. (5) of DDPM, nats an example in the units of the data, `draws` of each x_t. */
export async function boundOf(
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
