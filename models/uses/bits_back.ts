import { randomStream } from '../data/random.ts';
import { ansStack, type Stack } from './ans.ts';
import { type Interval, intervalOf, search, symbolAt, tableOf, WHOLE } from './intervals.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/**
 * Lossless compression by a VAE. J. Townsend, T. Bird and D. Barber, Practical lossless compression with
 * latent variables using bits back coding, 2019, arXiv 1901.04866.
 *
 * For each image x, on a stack that already holds some bits (table 1 there):
 *
 *   pop z by q(z|x)      takes −log q(z|x) bits off, which choose z
 *   push x by p(x|z)     adds −log p(x|z)
 *   push z by p(z)       adds −log p(z)
 *
 * so that an image costs −L(x) on the average: what chose z comes back when the image is read. z is a
 * bin of 2^12 in each dimension, all alike under p(z) = N(0, 1) (section 2.5.1 there).
 */
export interface BitsBack {
  /** Images in a step of the model. */
  readonly lanes: number;
  /** Dimensions of z. */
  readonly latent: number;
  /** Values of an image. */
  readonly size: number;
  /** Mean and log variance of q(z|x) for levels [lanes, size]: [lanes, 2, latent]. */
  posterior(x: Uint8Array): Promise<Float32Array>;
  /** The probabilities of all levels of each value, [lanes, size, levels], for z [lanes, latent]. */
  likelihood(z: Float32Array): Promise<Float32Array>;
}

/** The bins of a dimension of z. */
const BINS = 2 ** 12;

/** A chain of images on a stack. */
export interface Chain {
  bytes: Uint8Array<ArrayBuffer>;
  /** By how much the images made the stack longer, bits. */
  net: number;
}

/** Puts images of levels [count, size] on a stack, one after the other. */
export async function pushImages(model: BitsBack, images: Uint8Array): Promise<Chain> {
  const stack = ansStack(noise(model));
  const before = stack.bits;
  const { size, latent } = model;
  for (const [first, count] of groups(images.length / size, model.lanes)) {
    const x = new Uint8Array(model.lanes * size);
    x.set(images.subarray(first * size, (first + count) * size));
    const q = await model.posterior(x);
    const bins = new Uint32Array(model.lanes * latent);
    each(count * latent, (i) => {
      bins[i] = stack.pop(binsOf(q, i, latent)).bin;
    });
    const p = await model.likelihood(centresOf(bins));
    const levels = p.length / x.length;
    each(count * size, (i) => {
      stack.push(intervalOf(tableOf(p.subarray(i * levels, (i + 1) * levels)), x[i]));
    });
    each(count * latent, (i) => {
      stack.push(priorOf(bins[i]));
    });
  }
  return { bytes: stack.bytes(), net: stack.bits - before };
}

/**
 * Takes `count` images off the stack of pushImages, the last one first: levels [count, size]. Throws
 * where what remains is not what it began with.
 */
export async function popImages(
  model: BitsBack,
  bytes: Uint8Array,
  count: number,
): Promise<Uint8Array> {
  const stack = ansStack(bytes);
  const { size, latent } = model;
  const images = new Uint8Array(count * size);
  for (const [first, n] of groups(count, model.lanes).reverse()) {
    const bins = new Uint32Array(model.lanes * latent);
    backwards(n * latent, (i) => {
      bins[i] = stack.pop((point) => priorOf(Math.floor(point / (WHOLE / BINS)))).bin;
    });
    const p = await model.likelihood(centresOf(bins));
    const x = new Uint8Array(model.lanes * size);
    const levels = p.length / x.length;
    backwards(n * size, (i) => {
      x[i] = popSymbol(stack, p.subarray(i * levels, (i + 1) * levels));
    });
    const q = await model.posterior(x);
    backwards(n * latent, (i) => {
      stack.push(binsOf(q, i, latent).interval(bins[i]));
    });
    images.set(x.subarray(0, n * size), first * size);
  }
  const start = noise(model);
  const rest = stack.bytes();
  if (rest.length !== start.length || rest.some((byte, i) => byte !== start[i])) {
    throw new Error(
      'compress: the stack does not end as it began. Use the model and the adapter that wrote it.',
    );
  }
  return images;
}

interface Bin extends Interval {
  bin: number;
}

/** A bin of p(z): all are alike. */
const priorOf = (bin: number): Bin => ({
  bin,
  start: bin * (WHOLE / BINS),
  size: WHOLE / BINS,
});

/** The bins of dimension i mod Z of q(z|x) of lane ⌊i / Z⌋, by point or by number. */
function binsOf(q: Float32Array, i: number, latent: number) {
  const at = 2 * latent * Math.floor(i / latent) + (i % latent);
  const [mean, sigma] = [q[at], Math.exp(0.5 * q[at + latent])];
  const start = (bin: number) =>
    bin + Math.round(normalCdf((edges[bin] - mean) / sigma) * (WHOLE - BINS));
  const interval = (bin: number): Bin => ({
    bin,
    start: start(bin),
    size: start(bin + 1) - start(bin),
  });
  const find = (point: number) => interval(search(BINS, start, point));
  return Object.assign(find, { interval });
}

/** Where bins of a standard normal begin, and their medians. */
const edges = Float64Array.from({ length: BINS + 1 }, (_, i) => normalQuantile(i / BINS));
const centres = Float32Array.from({ length: BINS }, (_, i) => normalQuantile((i + 0.5) / BINS));

const centresOf = (bins: Uint32Array) => Float32Array.from(bins, (bin) => centres[bin]);

function popSymbol(stack: Stack, probabilities: Float32Array): number {
  const table = tableOf(probabilities);
  return stack.pop((point) => {
    const symbol = symbolAt(table, point);
    return { symbol, ...intervalOf(table, symbol) };
  }).symbol;
}

/** First row and number of rows of groups of `lanes`. */
const groups = (count: number, lanes: number) =>
  Array.from({ length: Math.ceil(count / lanes) }, (_, g) => [
    g * lanes,
    Math.min(lanes, count - g * lanes),
  ]);

/** The bits that choose z of the first images, the same each time: 24 for each dimension suffice. */
function noise({ lanes, latent }: BitsBack): Uint8Array {
  const { uniform } = randomStream(0, 0);
  const bytes = Uint8Array.from({ length: 8 + 4 * lanes * latent }, () => 256 * uniform());
  bytes[bytes.length - 2] |= 1; // the top word of a stack is not zero
  return bytes;
}

function each(count: number, act: (i: number) => void): void {
  for (let i = 0; i < count; i++) act(i);
}

function backwards(count: number, act: (i: number) => void): void {
  for (let i = count - 1; i >= 0; i--) act(i);
}
