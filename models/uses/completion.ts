import { add, gather, mul, reshape, tensor, variable } from '../../engine/index.ts';
import type { Autoregressive, Walk } from '../autoregressive/autoregressive.ts';
import type { Made } from '../autoregressive/made.ts';
import type { Pixel } from '../autoregressive/pixels.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import type { Gallery, Model, Picture } from '../model.ts';
import type { DiscreteDiffusion } from '../discrete/diffusion.ts';
import { maskOf, type Symbols } from '../discrete/symbols.ts';
import { drawOnce, manyPasses, type Sampler } from '../sampler.ts';
import { testExamples } from './test_set.ts';

/** Test images that a picture completes, and how often each. */
const [IMAGES, TIMES] = [8, 6];

/**
 * Draws the pixels of images [n, H·W·C] that are not `known` [H·W], given those that are. That is
 * p(unknown | known) exactly where the walk goes through all known pixels first.
 */
export function completed(
  walk: Walk,
  pixel: Pixel,
  images: Float32Array<ArrayBuffer>,
  known: Uint8Array,
): Sampler {
  const { colours } = pixel;
  const n = images.length / (walk.passes * colours);
  const given = variable(images, [n, walk.passes, colours], { name: 'given images' });
  const last = variable(null, [n, colours], { name: 'last pixel' });
  return manyPasses(walk.passes, {
    kinds: walk.kinds,
    pass(t) {
      const at = walk.order?.[t] ?? t;
      const drawn = pixel.draw(walk.advance(t, last), 1);
      const here = reshape(gather(given, tensor(Uint32Array.of(at)), 1), [n, colours]);
      last.assign(add(mul(here, known[at]), mul(drawn, 1 - known[at])));
    },
    result: () => walk.images(last),
    free() {
      for (const held of [given, last, walk]) held.dispose();
    },
  });
}

/**
 * Pictures of what a model of images makes of parts of test images: each row has one, the part of it
 * that is given, and what the rest could be. Energy-based models, diffusion and a MADE in any order are
 * given any part, other autoregressive models the top.
 */
export function completions(model: Model): Record<string, Picture> {
  const way = wayOf(model);
  if (!way) return {};
  const given = (where: Given): Picture => {
    return async (source) => {
      const [height, width] = source.shape;
      const known = Uint8Array.from({ length: height * width }, (_, place) =>
        Number(where(place, height, width)),
      );
      return picture(source, known, way.complete);
    };
  };
  const { uniform } = randomStream(0, 1);
  return {
    'given-top': given((place, height, width) => place < Math.floor(height / 2) * width),
    ...(way.any && {
      'given-left': given((place, _, width) => place % width < Math.floor(width / 2)),
      'given-some': given(() => uniform() < 0.3),
    }),
  };
}

type Complete = NonNullable<Model['complete']>;

/**
 * How a model draws what is not known of images, and whether it takes account of any pixels that are known;
 * null for models that do not complete images.
 */
export function wayOf(model: Model): { complete: Complete; any: boolean } | null {
  if (model.complete) return { complete: model.complete, any: true };
  if ('symbols' in model) {
    const { sampler, symbols } = model as DiscreteDiffusion;
    if (symbols.shape.length !== 3) return null; // texts
    return {
      any: true,
      complete: (images, known) =>
        sampler(images.length / symbols.length, { given: levelsKnown(images, known, symbols) }),
    };
  }
  if (!('walk' in model)) return null;
  const { pixel, walk } = model as Autoregressive;
  const order = anyOrder(model);
  return {
    any: order !== null,
    complete(images, known) {
      const n = images.length / (known.length * pixel.colours);
      return completed((order ? order(known) : walk)(n), pixel, images, known);
    },
  };
}

/** The levels of known pixels, and the mask elsewhere. */
function levelsKnown(images: Float32Array, known: Uint8Array, symbols: Symbols) {
  const { length, count } = symbols;
  const colours = length / known.length;
  return Uint32Array.from(images, (v, at) =>
    known[Math.floor((at % length) / colours)] ? Math.round(v * (count - 1)) : maskOf(symbols),
  );
}

type Given = (place: number, height: number, width: number) => boolean;

/** For a model that takes pixels in any order: how it goes through those that are known first. */
function anyOrder(model: Model) {
  if (!('walkBy' in model)) return null;
  const { degrees, walkBy } = model as Made;
  const [places, ...hidden] = degrees(0);
  if (places.every((place, i) => place === i)) return null; // reading order alone
  return (known: Uint8Array) => {
    const pixels = Array.from(places, (_, pixel) => pixel).sort(
      (a, b) => known[b] - known[a] || places[a] - places[b],
    );
    const first = new Uint32Array(places.length);
    pixels.forEach((pixel, place) => {
      first[pixel] = place;
    });
    return (n: number) => walkBy([first, ...hidden], n);
  };
}

async function picture(source: Source, known: Uint8Array, complete: Complete): Promise<Gallery> {
  const originals = (await testExamples(source, IMAGES)).map((pixels) => [...pixels]);
  const colours = originals[0].length / known.length;
  const seen = (image: number[]) =>
    image.map((v, at) => (known[Math.floor(at / colours)] ? v : 0.5));

  const repeated = originals.flatMap((image) => Array<number[]>(TIMES).fill(image).flat());
  const drawn = await drawOnce(complete(Float32Array.from(repeated), known));
  const size = TIMES * originals[0].length;
  const rows = originals.flatMap((image, i) => [
    ...image,
    ...seen(image),
    ...drawn.subarray(i * size, (i + 1) * size),
  ]);
  return { images: Float32Array.from(rows), columns: TIMES + 2 };
}
