import { currentGpu, normal, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import { type ToyName, toys } from '../data/toys.ts';
import { energyDistance } from '../metrics/distance.ts';
import { toyStats } from '../metrics/toys.ts';
import type { WganGp } from './wgan_gp.ts';

/**
 * Sample metrics of a GAN, which has no likelihood: of 4000 points by the generator as trained and,
 * with `ema` before the name, by its running average; on images the energy distance of 1000 samples
 * of the average from the test images, in pixels.
 */
export async function evaluateGan(model: WganGp, source: Source): Promise<Record<string, number>> {
  if (!Object.hasOwn(toys, source.name)) return imageStats(model, source);
  const trained = await sampled(() => model.generate(normal([4000, model.noise]), 'trained'));
  const averaged = await sampled(() => model.generate(normal([4000, model.noise])));
  const name = source.name as ToyName;
  const capital = (key: string) => `ema${key[0].toUpperCase()}${key.slice(1)}`;
  const ema = Object.entries(toyStats(name, averaged)).map(([k, v]) => [capital(k), v]);
  return { ...toyStats(name, trained), ...Object.fromEntries(ema) };
}

async function imageStats(model: WganGp, source: Source): Promise<Record<string, number>> {
  const count = Math.min(1000, source.testCount as number);
  const rows = tensor(Uint32Array.from({ length: count }, (_, i) => i));
  const real = await sampled(() => source.drawTest(count, rows));
  const fake = await sampled(() => model.generate(normal([1000, model.noise])));
  return { energyDistance: energyDistance(fake, real, real.length / count) };
}

/** The values of a tensor made in a step of its own. */
async function sampled(make: () => Tensor): Promise<Float32Array> {
  const step = currentGpu().step(make);
  const values = await step().data();
  step.dispose();
  return values as Float32Array;
}
