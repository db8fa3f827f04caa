import { currentGpu, mul, sizeOf, type Tensor } from '../../engine/index.ts';
import { ofRows } from '../chunks.ts';
import type { Form } from '../data/form.ts';
import type { Source } from '../data/source.ts';
import { gaussianOf } from '../metrics/frechet.ts';
import { frechet } from '../metrics/gaussian.ts';
import { shrink } from '../metrics/shrink.ts';
import { drawOnce } from '../sampler.ts';
import type { DiscreteDiffusion, Drawing } from './diffusion.ts';

/** Examples that are compared, and numbers of them, at most. */
const MOST = { examples: 2000, pixels: 2 ** 17, symbols: 2 ** 14 };
/** Numbers of an image of which covariances are taken, at most. */
const SMALL = 256;

/** Draws samples and measures, by name, how near they come to the data; a signal ends it. */
export type Measure = (drawing?: Drawing, signal?: AbortSignal) => Promise<Record<string, number>>;

/**
 * Compares samples of a model with as many training examples. Images: the mean distance between the means
 * of each pixel, and the Fréchet distance of pixels, of large images averaged over squares. Texts: the
 * total variation distance between the frequencies of pairs of neighbours, and the share of triples that
 * those training examples do not have.
 */
export async function measureOf(
  model: DiscreteDiffusion,
  source: Source,
  most = MOST.examples,
): Promise<Measure> {
  const { form, shape, series } = source;
  const size = sizeOf(shape);
  const stride = series ? size : 1; // rows of a long text are any place in it
  const all = Math.floor(((source.count as number) - 1) / stride) + 1;
  const numbers = form.kind === 'images' ? MOST.pixels : MOST.symbols;
  const count = Math.min(all, most, Math.floor(numbers / size));
  const step = currentGpu().step((rows: Tensor) => source.draw(rows.size, mul(rows, stride)));
  const real = await ofRows(count, 500, step);
  step.dispose();
  const compare = form.kind === 'images' ? besideImages(real, form) : besideTexts(real, size, form);
  return async (drawing, signal) =>
    compare(Float32Array.from(await drawOnce(model.sampler(count, drawing), { signal })));
}

function besideImages(
  real: Float32Array<ArrayBuffer>,
  { height, width, channels }: Form & { kind: 'images' },
) {
  const size = height * width * channels;
  const shrunk = (images: Float32Array<ArrayBuffer>) =>
    shrink(images, [height, width, channels], SMALL);
  const means = (images: Float32Array) => {
    const sums = new Float64Array(size);
    images.forEach((v, at) => {
      sums[at % size] += v;
    });
    return sums.map((sum) => (sum * size) / images.length);
  };
  const [of, small] = [means(real), shrunk(real)];
  const numbers = small.length / (real.length / size);
  const gaussian = gaussianOf(small, numbers);
  return async (samples: Float32Array<ArrayBuffer>) => {
    const distances = means(samples).map((mean, i) => Math.abs(mean - of[i]));
    return {
      pixelError: distances.reduce((a, b) => a + b, 0) / size,
      pixelFrechet: frechet(await gaussian, await gaussianOf(shrunk(samples), numbers)),
    };
  };
}

function besideTexts(real: Float32Array, length: number, form: Form) {
  const ended = form.kind === 'tokens' && form.ended;
  const grams = (texts: Float32Array, n: number) => {
    const counts = new Map<string, number>();
    for (let start = 0; start < texts.length; start += length) {
      const text = texts.subarray(start, start + length);
      const end = ended ? text.indexOf(0) : -1;
      const last = end < 0 ? length : end + 1; // the end itself counts
      for (let i = 0; i + n <= last; i++) {
        const gram = text.subarray(i, i + n).join();
        counts.set(gram, (counts.get(gram) ?? 0) + 1);
      }
    }
    return counts;
  };
  const totalOf = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const [pairs, triples] = [grams(real, 2), grams(real, 3)];
  return (samples: Float32Array) => {
    const [mine, threes] = [grams(samples, 2), grams(samples, 3)];
    const [a, b] = [totalOf(pairs), totalOf(mine)];
    const either = new Set([...pairs.keys(), ...mine.keys()]);
    const distances = Array.from(either, (gram) =>
      Math.abs((pairs.get(gram) ?? 0) / a - (mine.get(gram) ?? 0) / b),
    );
    const unseen = [...threes].filter(([gram]) => !triples.has(gram));
    return {
      pairDistance: distances.reduce((sum, d) => sum + d, 0) / 2,
      unseenTriples: totalOf(new Map(unseen)) / Math.max(1, totalOf(threes)),
    };
  };
}
