import { tensor, variable } from '../../engine/index.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import type { Gallery, View } from '../model.ts';
import { drawOnce } from '../sampler.ts';
import { testExamples } from '../uses/test_set.ts';
import { interpolate } from '../vae/views.ts';
import { ddim, subsequence } from './ddim.ts';
import type { Diffusion } from './ddpm.ts';
import { repaint } from './repaint.ts';
import { draws } from './reverse.ts';

/** Test images that a picture completes, and how often each. */
const [IMAGES, TIMES] = [8, 6];
/** Steps of the chain for completions and interpolations, and how often each step is done again. */
const [PASSES, RESAMPLE] = [20, 5];
/** Ways between two noises, and images on each. */
const [WAYS, PLACES] = [8, 10];
/** Weights of guidance that are compared, and samples of each. */
const [WEIGHTS, EACH] = [[0, 0.5, 1, 2, 4], 10];

/**
 * Pictures of a diffusion model of images: what it makes of parts of test images by RePaint; of noises
 * between two by DDIM; of classes, a row for each weight of guidance.
 */
export function diffusionViews(model: Diffusion, shape: readonly number[]): Record<string, View> {
  const { uniform } = randomStream(0, 1);
  const [height, width] = shape;
  const given = (where: (row: number, column: number) => boolean): View => {
    return (source) => {
      const mask = Float32Array.from({ length: height * width }, (_, place) =>
        Number(where(Math.floor(place / width), place % width)),
      );
      return completions(model, source, mask);
    };
  };
  return {
    'given-top': given((row) => row < Math.floor(height / 2)),
    'given-left': given((_, column) => column < Math.floor(width / 2)),
    'given-some': given(() => uniform() < 0.3),
    interpolation: () => between(model, shape),
    ...(model.classes > 0 && { guidance: () => byGuidance(model) }),
  };
}

/** Rows of an image, the part of it that is known, and completions of that. */
async function completions(
  model: Diffusion,
  source: Source,
  mask: Float32Array<ArrayBuffer>,
): Promise<Gallery> {
  const colours = source.shape[2];
  const originals = (await testExamples(source, IMAGES)).map((pixels) => [...pixels]);
  const repeated = originals.flatMap((image) => Array<number[]>(TIMES).fill(image).flat());
  const n = IMAGES * TIMES;
  const held = variable(Float32Array.from(repeated), [n, ...source.shape], {
    name: 'given images',
  });
  const where = [1, source.shape[0], source.shape[1], 1];
  const chain = repaint(
    model.denoise(),
    model.schedule,
    () => ({ x: model.units.into(held), mask: tensor(mask, where) }),
    { times: subsequence(model.schedule.steps, PASSES), resample: RESAMPLE },
  );
  const drawn = await drawOnce(draws([n, ...source.shape], chain, model.units.outOf));
  held.dispose();
  const size = TIMES * originals[0].length;
  const seen = (image: number[]) => image.map((v, i) => (mask[Math.floor(i / colours)] ? v : 0.5));
  const rows = originals.flatMap((image, i) => [
    ...image,
    ...seen(image),
    ...drawn.subarray(i * size, (i + 1) * size),
  ]);
  return { images: Float32Array.from(rows), columns: TIMES + 2 };
}

/** Images of noises on the arc between two. */
async function between(model: Diffusion, shape: readonly number[]): Promise<Gallery> {
  const size = shape.reduce((a, b) => a * b, 1);
  const { normal } = randomStream(0, 2);
  const noise = () => Float32Array.from({ length: size }, normal);
  const ways = Array.from({ length: WAYS }, () =>
    interpolate(noise(), noise(), PLACES, 'spherical'),
  );
  const all = Float32Array.from(ways.flat().flatMap((v) => [...v]));
  const n = WAYS * PLACES;
  const times = subsequence(model.schedule.steps, PASSES);
  const sampler = draws(
    [n, ...shape],
    ddim(model.denoise(), model.schedule, { times }),
    model.units.outOf,
    () => tensor(all, [n, ...shape]),
  );
  return { images: (await drawOnce(sampler)) as Float32Array, columns: PLACES };
}

/** All classes in turn, from the same noise with every weight. */
async function byGuidance(model: Diffusion): Promise<Gallery> {
  const rows: number[] = [];
  const classes = Uint32Array.from({ length: EACH }, (_, i) => i % model.classes);
  for (const guidance of WEIGHTS) {
    const images = await drawOnce(model.sampler(EACH, { guidance, classes }));
    for (const v of images) rows.push(v);
  }
  return { images: Float32Array.from(rows), columns: EACH };
}
