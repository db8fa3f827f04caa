import { tensor } from '../../engine/index.ts';
import { randomStream } from '../data/random.ts';
import type { Gallery, View } from '../model.ts';
import { drawOnce } from '../sampler.ts';
import { interpolate } from '../vae/views.ts';
import { ddim, subsequence } from './ddim.ts';
import type { Diffusion } from './ddpm.ts';
import { draws } from './reverse.ts';

/** Steps of the chain for interpolations. */
const PASSES = 20;
/** Ways between two noises, and images on each. */
const [WAYS, PLACES] = [8, 10];
/** Weights of guidance that are compared, and samples of each. */
const [WEIGHTS, EACH] = [[0, 0.5, 1, 2, 4], 10];

/**
 * Pictures of a diffusion model of images: what it makes of noises between two by DDIM, and of classes, a
 * row for each weight of guidance.
 */
export function diffusionViews(model: Diffusion, shape: readonly number[]): Record<string, View> {
  return {
    interpolation: () => between(model, shape),
    ...(model.classes > 0 && { guidance: () => byGuidance(model) }),
  };
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
