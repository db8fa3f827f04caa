import {
  currentGpu,
  gather,
  grad,
  mean,
  mul,
  reshape,
  softmax,
  sqrt,
  square,
  sum,
  type Tensor,
  tensor,
} from '../../../engine/index.ts';
import type { Autoregressive } from '../../../models/autoregressive/autoregressive.ts';
import {
  alphabetOf,
  placeOf,
  type SequenceModel,
} from '../../../models/autoregressive/sequence.ts';
import { floats } from '../../../models/chunks.ts';
import { examplesOf } from '../../../models/data/examples.ts';
import { type Random, randomStream } from '../../../models/data/random.ts';
import type { Source } from '../../../models/data/source.ts';
import type { Conditionals } from '../../../models/uses/coding.ts';
import { ofImages, ofSequences } from '../../../models/uses/conditionals.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import { completionAnswers } from '../completion-answers.ts';
import type {
  DrawValues,
  Drawn,
  FieldOfPixel,
  FieldOfSymbol,
  PixelField,
  Read,
  Said,
} from './questions.ts';

/** Images over which a receptive field is a mean, and directions of the outputs. */
const [IMAGES, DIRECTIONS] = [16, 4];
/** Sequences to begin with. */
const FIRST = 8;
/** How often drawn values are told, ms. */
const TELL_MS = 60;

/** What the view of the autoregressive models asks. */
export function arAnswers(training: Training): Answers {
  const { model, source } = training;
  return 'pixel' in model
    ? { ...imageAnswers(model as Autoregressive, source), ...completionAnswers(training) }
    : sequenceAnswers(model as SequenceModel, source);
}

/**
 * One random direction of K outputs for each of n rows. The mean square of a gradient along such directions
 * is the sum of squares over all K outputs; of one output it is exact.
 */
function directions({ normal }: Random, n: number, K: number): Tensor {
  const one = K === 1 ? () => 1 : normal;
  return tensor(Float32Array.from({ length: n * K }, one), [n, 1, K]);
}

function imageAnswers(model: Autoregressive, source: Source): Answers {
  const { pixel } = model;
  const field = currentGpu().step((rows: Tensor, at: Tensor, along: Tensor) => {
    const x = source.drawTest(rows.size, rows);
    const numbers = gather(model.numbers(x, source.drawTestClasses(rows)), at, 1); // [B, 1, K]
    const [slope] = grad(sum(mul(numbers, along)), [x]);
    return { heat: sqrt(mean(sum(square(slope), 3), 0)), x };
  });
  return {
    async field({ image, pixel: at }: FieldOfPixel): Promise<PixelField> {
      const all = source.testCount as number;
      const n = Math.min(IMAGES, all);
      const rows = Uint32Array.from({ length: n }, (_, i) => (image + i) % all);
      const along = directions(randomStream(0, 7), n, pixel.size);
      const said = field(tensor(rows), placeOf(at), along);
      const [heat, x] = await Promise.all([floats(said.heat), floats(said.x)]);
      return { heat, image: x.slice(0, x.length / n) };
    },
    draw(question: DrawValues, signal, tell) {
      const named = Uint32Array.of(question.label);
      const walk = model.walk(1, named);
      const { order } = walk;
      walk.dispose();
      const { colours } = pixel;
      const placed = (place: number) =>
        order ? order[Math.floor(place / colours)] * colours + (place % colours) : place;
      const conditionals = ofImages({ ...model, walk: (n) => model.walk(n, named) }, 1);
      return draw(conditionals, question, placed, signal, tell);
    },
  };
}

function sequenceAnswers(model: SequenceModel, source: Source): Answers {
  const alphabet = alphabetOf(source);
  const { length } = alphabet;
  const gpu = currentGpu();
  const say = gpu.step((x: Tensor) => softmax(model.logits(x)));
  const field = gpu.step((x: Tensor, at: Tensor, along: Tensor) => {
    let vectors = x;
    const logits = model.logits(x, (seen) => {
      vectors = seen;
    });
    const [slope] = grad(sum(mul(gather(logits, at, 1), along)), [vectors]);
    return reshape(sum(square(slope), -1), [-1]);
  });
  const row = (symbols: number[]) =>
    tensor(
      Uint32Array.from({ length }, (_, i) => symbols[i] ?? 0),
      [1, length],
    );
  return {
    async examples(): Promise<number[][]> {
      const count = Math.min(FIRST, source.testCount as number);
      const values = await examplesOf(source, count, 'test');
      return Array.from({ length: count }, (_, i) => [
        ...values.subarray(i * length, (i + 1) * length),
      ]);
    },
    say: async ({ symbols }: Read): Promise<Said> => floats(say(row(symbols))),
    async field({ symbols, place }: FieldOfSymbol): Promise<Float32Array> {
      const random = randomStream(0, 7);
      const total = new Float32Array(length);
      for (let k = 0; k < DIRECTIONS; k++) {
        const along = directions(random, 1, alphabet.symbols);
        const squares = await floats(field(row(symbols), placeOf(place), along));
        const first = squares.length - length + 1; // the start stands in front where there is one
        squares.slice(first).forEach((v, i) => {
          total[i] += v / DIRECTIONS;
        });
      }
      return total.map(Math.sqrt);
    },
    draw(question: DrawValues, signal, tell) {
      const conditionals = ofSequences(model, alphabet, [length]);
      return draw(conditionals, question, (place) => place, signal, tell);
    },
  };
}

/** Draws value after value on the host, and tells of them by and by. */
async function draw(
  conditionals: Conditionals,
  { given, seed, temperature }: DrawValues,
  placed: (place: number) => number,
  signal: AbortSignal,
  tell: (part: Drawn[]) => void,
): Promise<null> {
  const { uniform } = randomStream(seed, 9);
  const values = new Uint8Array(conditionals.places);
  let drawn: Drawn[] = [];
  let told = performance.now();
  try {
    for (let place = 0; place < conditionals.places; place++) {
      signal.throwIfAborted();
      if (!conditionals.has(0, place, values)) break;
      const probabilities = tempered(await conditionals.at(place, values), temperature);
      values[place] = given[place] ?? choose(probabilities, uniform());
      drawn.push({ place: placed(place), value: values[place], probabilities });
      if (performance.now() - told < TELL_MS) continue;
      tell(drawn);
      drawn = [];
      told = performance.now();
    }
    tell(drawn);
  } finally {
    conditionals.dispose();
  }
  return null;
}

/** Probabilities to the power 1 / temperature. */
function tempered(probabilities: Float32Array, temperature: number): Float32Array {
  const weights = probabilities.map((p) => p ** (1 / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

function choose(probabilities: Float32Array, u: number): number {
  let sum = 0;
  const found = probabilities.findIndex((p) => {
    sum += p;
    return u < sum;
  });
  return found < 0 ? probabilities.length - 1 : found;
}
