import {
  type Arg,
  adam,
  add,
  bceWithLogits,
  broadcastTo,
  currentGpu,
  equal,
  gather,
  grad,
  greaterEqual,
  less,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  nn,
  relu,
  reshape,
  type Shape,
  sizeOf,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
  variable,
  where,
  writeRows,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { maskedLinear } from '../masked.ts';
import { logOdds } from './rates.ts';
import { type Random, randomStream } from '../data/random.ts';
import { type Autoregressive, drawn, type Walk } from './autoregressive.ts';
import { bernoulliPixel } from './pixels.ts';

/** Degrees from 0 of the units of each layer: [0] of the pixels, which is their order; then hidden. */
export type Degrees = readonly Uint32Array<ArrayBuffer>[];

/**
 * MADE. M. Germain, K. Gregor, I. Murray and H. Larochelle, MADE: Masked Autoencoder for Distribution
 * Estimation, 2015, arXiv 1502.03509.
 *
 *   log p(x) = Σ_d x_d log x̂_d + (1 − x_d) log(1 − x̂_d),  x̂_d = p(x_d = 1 | x_<d)        eq. (5)
 *   h = relu(b + (W ⊙ M^W) x),   M^W = 1 where m(k) ≥ d                           eq. (8) and (12)
 *   x̂ = σ(c + (V ⊙ M^V) h),     M^V = 1 where d > m(k)                            eq. (9) and (13)
 *
 * m(k) is the degree of hidden unit k, d the place of a pixel in the order. With `order` 'agnostic',
 * orders and degrees are drawn anew (sections 4.2 and 4.3): training step i takes number i mod
 * `masks` of them, and p(x) is the mean over the first `average`.
 */
export interface Made extends Autoregressive {
  /** Degrees number `which`. */
  degrees(which: number): Degrees;
  /** Logits of the pixels x [B, D] with given degrees: [B, D]. */
  numbersBy(degrees: Degrees, x: Tensor): Tensor;
  /** Goes through n images in the order that the degrees say. */
  walkBy(degrees: Degrees, n: number): Walk;
}

/** A MADE of binary images, whose output biases start at the logits of `rates`, one per pixel. */
export function made(config: Config<'made'>, shape: Shape, rates: Float32Array): Made {
  const { hidden, layers, masks, average, order } = config;
  const size = sizeOf(shape);
  const widths = [size, ...Array<number>(layers).fill(hidden)];
  const trained = {
    hidden: widths
      .slice(1)
      .map((width, l) => nn.linear.init(widths[l], width) as Required<nn.Linear>),
    out: {
      ...nn.linear.init(hidden, size, { bias: false }),
      bias: variable(logOdds(rates), [size], { name: 'bias' }),
    },
  };
  const optimiser = adam(trained);

  const { seed } = currentGpu();
  const natural = inOrder(widths);
  const degrees = (which: number) =>
    order === 'natural' ? natural : inSomeOrder(widths, randomStream(seed, 2 ** 31 + which));

  const numbersBy = (degrees: Degrees, x: Tensor) => {
    const m = degrees.map((list) => tensor(list));
    const h = trained.hidden.reduce(
      (a, layer, l) => relu(maskedLinear(layer, a, { from: m[l], to: m[l + 1] })), // eq. (8)
      x,
    );
    return maskedLinear(trained.out, h, { from: m[layers], to: m[0], gap: 1 }); // eq. (9)
  };

  /** log p(x) in one order: [B], eq. (5). */
  const inOneOrder = (x: Tensor, which: number) => {
    const flat = reshape(x, [-1, size]);
    return neg(sum(bceWithLogits(numbersBy(degrees(which), flat), flat), 1));
  };

  return {
    variables: trained,
    optimisers: { optimiser },
    rows: config.batch,
    pixel: bernoulliPixel,
    degrees,
    numbersBy,
    numbers: (x) => reshape(numbersBy(degrees(0), reshape(x, [-1, size])), [-1, size, 1]),

    logLikelihood(x) {
      const orders = order === 'natural' ? 1 : average;
      const each = Array.from({ length: orders }, (_, which) => inOneOrder(x, which));
      return sub(logSumExp(stack(each, 1), 1), Math.log(orders));
    },

    step(x, i) {
      const loss = neg(mean(inOneOrder(x, i % masks)));
      optimiser.update(grad(loss, optimiser.variables), { lr: config.lr });
      return { loss };
    },

    walk: (n) => walkOf(trained, degrees(0), [n, ...shape]),
    walkBy: (some, n) => walkOf(trained, some, [n, ...shape]),
    sampler(n, options) {
      const choosing = { temperature: config.temperature, ...options };
      return drawn(this.walk(n), this.pixel, n, choosing);
    },
  };
}

/** Pixels in reading order; each degree 0..D − 2 equally often, in order, so that masks are staircases. */
const inOrder = ([size, ...hidden]: readonly number[]): Degrees => [
  Uint32Array.from({ length: size }, (_, d) => d),
  ...hidden.map((width) => Uint32Array.from({ length: width }, (_, k) => k % (size - 1)).sort()),
];

/** A random order, and hidden degrees not below the least of the layer before (section 4.2). */
function inSomeOrder([size, ...hidden]: readonly number[], random: Random): Degrees {
  const whole = (least: number, end: number) =>
    least + Math.floor(random.uniform() * (end - least));
  const places = Uint32Array.from({ length: size }, (_, d) => d);
  for (let d = size - 1; d > 0; d--) {
    const other = whole(0, d + 1);
    [places[d], places[other]] = [places[other], places[d]];
  }
  const degrees: Uint32Array<ArrayBuffer>[] = [places];
  for (const width of hidden) {
    const least =
      degrees.length > 1 ? degrees[degrees.length - 1].reduce((a, b) => Math.min(a, b)) : 0;
    degrees.push(Uint32Array.from({ length: width }, () => whole(least, size - 1)));
  }
  return degrees;
}

interface Trained {
  readonly hidden: readonly Required<nn.Linear>[];
  readonly out: Required<nn.Linear>;
}

/**
 * Every hidden unit's sum is kept: pass t adds what is new, the pixel before and the units that it
 * completed, so that all passes together cost as much as one evaluation.
 */
function walkOf({ hidden, out }: Trained, degrees: Degrees, [n, ...shape]: Shape): Walk {
  const size = degrees[0].length;
  const pixels = new Uint32Array(size); // by their place in the order
  degrees[0].forEach((place, pixel) => {
    pixels[place] = pixel;
  });
  const image = variable(null, [n, size], { name: 'image' });
  const sums = hidden.map(({ weight }) => variable(null, [n, weight.shape[1]], { name: 'sums' }));
  const m = degrees.map((list) => variable(list, undefined, { name: 'degrees' }));
  const completed = hidden.map((_, l) => unitsByDegree(degrees[l + 1], size));
  const last = hidden.length;

  /** Adds pixel number `d` of the order to what hears it, eq. (12). */
  const hear = (d: number, value: Arg) => {
    let news = mul(value, gather(hidden[0].weight, tensor([pixels[d]], [1], 'u32'))); // [n, H]
    return hidden.map((_, l) => {
      const now = add(sums[l], where(greaterEqual(m[l + 1], d), news, 0));
      if (l + 1 < last) {
        const units = tensor(completed[l][d]); // whose degree is d, and others
        const complete = where(equal(gather(m[l + 1], units), d), relu(gather(now, units, 1)), 0);
        news = matmul(complete, gather(hidden[l + 1].weight, units));
      }
      return now;
    });
  };

  return {
    passes: size,
    order: pixels,
    kinds: [0, 1],
    advance(t, before) {
      if (t > 0) writeRows(image, before, pixels[t - 1], 1);
      const now =
        t > 0 ? hear(t - 1, before) : hidden.map(({ bias }, l) => broadcastTo(bias, sums[l].shape));
      now.forEach((sum, l) => {
        sums[l].assign(sum);
      });
      const pixel = tensor([pixels[t]], [1], 'u32');
      const h = where(less(m[last], t), relu(now[last - 1]), 0); // complete: degrees below t
      return add(matmul(h, gather(out.weight, pixel, 1)), gather(out.bias, pixel)); // eq. (9)
    },
    images: (value) => reshape(writeRows(image, value, pixels[size - 1], 1), [n, ...shape]),
    dispose() {
      for (const v of [image, ...sums, ...m]) v.dispose();
    },
  };
}

/** The units of each degree; all lists are as long as the longest, filled up with units of others. */
function unitsByDegree(degrees: Uint32Array, size: number): Uint32Array<ArrayBuffer>[] {
  const lists = Array.from({ length: size }, (): number[] => []);
  degrees.forEach((degree, unit) => {
    lists[degree].push(unit);
  });
  const longest = Math.max(...lists.map((list) => list.length));
  return lists.map((list, degree) => {
    const other = degrees.findIndex((m) => m !== degree);
    return Uint32Array.from({ length: longest }, (_, k) => list[k] ?? other);
  });
}

// Beside the paper: Adam instead of Adadelta or SGD, output biases that start at the base rates, no
// direct connections from input to output, and rectifiers only.
