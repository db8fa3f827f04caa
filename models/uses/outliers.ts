import { currentGpu, mul, neg, sub, type Tensor } from '../../engine/index.ts';
import type { Autoregressive } from '../autoregressive/autoregressive.ts';
import { joined } from '../data/series.ts';
import { openSource, type Source } from '../data/source.ts';
import type { EnergyModel } from '../energy/energy.ts';
import type { ImageFlow } from '../flow/likelihood.ts';
import type { Model } from '../model.ts';
import type { Studied } from '../study.ts';
import type { LatentModel } from '../vae/latent.ts';
import { altered } from './altered.ts';
import { imagesOf, testImages } from './test_set.ts';

// Whether a likelihood tells what doesn't belong. E. Nalisnick, A. Matsukawa, Y. W. Teh, D. Gorur and
// B. Lakshminarayanan, Do Deep Generative Models Know What They Don't Know?, 2019, arXiv 1810.09136:
// it often doesn't, since smoother images get more of it, whatever they show.

/** Images that go through a step together. */
const CHUNK = 200;

/** How unlikely test images are, and others. */
export interface Compared {
  /** What is counted: bits per dimension, or nats of energy where Z is not known. */
  unit: string;
  test: number[];
  other: number[];
  /** The chance that one of the others is less likely than a test image: 1 tells all, ½ none. */
  auroc: number;
}

/**
 * How many bits per dimension a model says that its first test images take, at most `count`, and images
 * of another set, or made of the same ones; of an energy-based model their energy. Throws where shapes
 * differ or there is no likelihood.
 */
export async function compareWith(
  { model, source }: Pick<Studied, 'model' | 'source'>,
  name: string,
  count: number,
): Promise<Compared> {
  const { unit, score } = scoreBy(model);
  const { white, shape, binary } = source;
  const levels = binary ? 2 : white + 1;
  const own = await testImages(source, count, levels);
  const others = Object.hasOwn(altered, name)
    ? own.map((image) => altered[name](image, shape))
    : await testImages(await sameShape(name, source), count, levels);
  const step = currentGpu().step((x: Tensor) => score(x));
  const measured = async (images: Uint8Array[]) => {
    const all: number[] = [];
    for (let start = 0; start < images.length; start += CHUNK) {
      const part = images.slice(start, start + CHUNK);
      const x = imagesOf(joined(part), levels, [part.length, ...shape]);
      all.push(...(await step(x).data()));
    }
    return all;
  };
  const [test, other] = [await measured(own), await measured(others)];
  step.dispose();
  return { unit, test, other, auroc: aurocOf(test, other) };
}

async function sameShape(name: string, { shape, binary }: Source): Promise<Source> {
  const other = await openSource(name, { binary });
  if (other.shape.join() === shape.join()) return other;
  throw new Error(
    `ood: ${name}: expected images [${shape}], got [${other.shape}]. Choose ${Object.keys(altered).join(', ')}, ` +
      'or a set of that shape.',
  );
}

/** What a model scores images by, [B], the higher the less likely. */
function scoreBy(model: Model): { unit: string; score: (x: Tensor) => Tensor } {
  if ('energy' in model) return { unit: 'nats', score: (model as EnergyModel).energy };
  return { unit: 'bits/dim', score: bitsBy(model) };
}

/** Bits per dimension by the likelihood of a model, or by its bound: [B]. */
function bitsBy(model: Model): (x: Tensor) => Tensor {
  if ('bits' in model) return (model as ImageFlow).bits;
  const perDimension = (nats: Tensor, x: Tensor) => mul(nats, x.shape[0] / (x.size * Math.LN2));
  if ('walk' in model) {
    const { logLikelihood } = model as Autoregressive;
    return (x) => perDimension(neg(logLikelihood(x)), x);
  }
  if ('bound' in model) {
    const { bound } = model as LatentModel;
    return (x) => {
      const { reconstruction, kl } = bound(x);
      return perDimension(sub(kl, reconstruction), x);
    };
  }
  throw new Error('ood: expected a model of images with a likelihood, got another. Train glow.');
}

/** The chance that one of `high` is above one of `low`, ties counting half (Mann and Whitney 1947). */
export function aurocOf(low: readonly number[], high: readonly number[]): number {
  const sorted = Float64Array.from(low).sort();
  const below = (value: number, orEqual: boolean) => {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sorted[middle] < value || (orEqual && sorted[middle] === value)) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const wins = high.reduce((sum, v) => sum + (below(v, false) + below(v, true)) / 2, 0);
  return wins / (low.length * high.length);
}
