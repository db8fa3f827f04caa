import {
  bernoulli,
  cast,
  div,
  gather,
  greaterEqual,
  reshape,
  type Shape,
  seeded,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';
import { loadDrums, loadSpeech } from './audio.ts';
import { loadDigits } from './digits.ts';
import { drawAround, drawToy } from './draw.ts';
import { loadEmoji } from './emoji.ts';
import { loadFashion } from './fashion.ts';
import type { Form } from './form.ts';
import { loadMnist } from './mnist.ts';
import { loadNames } from './names.ts';
import { nameParts, providedSet } from './own.ts';
import type { Rows, RowSet, SeriesSet, Split } from './sets.ts';
import { loadText } from './text.ts';
import { TOY_EXTENT, type ToyName, toys } from './toys.ts';
import { windowSource } from './windows.ts';

/** Data on the GPU that training steps draw from. */
export interface Source {
  readonly name: string;
  /** What an example is: images have values 0..1, tokens and audio levels are u32. */
  readonly form: Form;
  /** [2] for points, [H, W, C] for images, [T] for tokens and audio. */
  readonly shape: Shape;
  /** Pixels are multiples of 1 / white; tokens and audio levels go from 0 to white. */
  readonly white: number;
  /** Whether pixels are 0 or 1 alone. */
  readonly binary: boolean;
  /** Names of the classes, none where examples have none. */
  readonly classes: readonly string[];
  /** Rows to shuffle, null when every draw is fresh. */
  readonly count: number | null;
  readonly testCount: number | null;
  /** The texts or recordings that examples are windows of; null where an example is whole. */
  readonly series: Split<readonly Uint8Array[]> | null;
  /** n training examples, [n, ...shape]: those of the row indices [n], or fresh ones. In a step. */
  draw(n: number, rows: Tensor | null): Tensor;
  /** The classes of training examples, [n] u32; null where there are none. In a step. */
  drawClasses(rows: Tensor | null): Tensor | null;
  /** n test examples likewise; the same row always gives the same example. In a step. */
  drawTest(n: number, rows: Tensor | null): Tensor;
  /** The classes of test examples likewise. In a step. */
  drawTestClasses(rows: Tensor | null): Tensor | null;
}

/** How to open a data set. */
export interface SourceOptions {
  /** Whether pixels are 0 or 1. */
  binary?: boolean;
  /** Length of the windows of long texts and recordings, instead of the set's own. */
  length?: number;
}

const rowSets: Record<string, () => Promise<RowSet>> = {
  digits8: loadDigits,
  mnist: loadMnist,
  fashion: loadFashion,
  emoji16: loadEmoji,
  names: loadNames,
};

const seriesSets: Record<string, () => Promise<SeriesSet>> = {
  text27: loadText,
  drums8k: loadDrums,
  speech8k: loadSpeech,
};

/**
 * Opens a data set by name and keeps it on the GPU as bytes, so that a step uploads indices only.
 * Binary pixels: digits8 at half brightness; others drawn anew each time with the grey value as
 * probability (Salakhutdinov and Murray 2008), the test images once. Own data are found as `provide`
 * was given them. Throws for an unknown name.
 */
export async function openSource(name: string, options: SourceOptions = {}): Promise<Source> {
  if (nameParts(name).hash) return ownSource(name, options);
  if (Object.hasOwn(toys, name)) return pointSource(name, TOY_EXTENT, toyDraw(name as ToyName));
  if (Object.hasOwn(rowSets, name)) return rowSource(await rowSets[name](), options);
  if (Object.hasOwn(seriesSets, name)) return windowSource(await seriesSets[name](), options);
  const names = [toys, rowSets, seriesSets].flatMap(Object.keys).join(', ');
  throw new Error(`data: unknown set '${name}'. Choose one of ${names}.`);
}

const toyDraw = (name: ToyName) => (n: number) => drawToy(name, n);

/** Own data under the name by which they were provided. */
function ownSource(name: string, options: SourceOptions): Source {
  const set = { ...providedSet(name), name };
  if ('centres' in set) {
    const centres = variable(set.centres, [set.centres.length / 2, 2], { name });
    return pointSource(name, set.form.extent, (n) => drawAround(centres, set.spread, n));
  }
  return 'shape' in set ? rowSource(set, options) : windowSource(set, options);
}

/** Points of the plane that are drawn fresh. */
function pointSource(name: string, extent: number, draw: (n: number) => Tensor): Source {
  return {
    name,
    form: { kind: 'points', extent },
    shape: [2],
    white: 1,
    binary: false,
    classes: [],
    count: null,
    testCount: null,
    series: null,
    draw,
    drawClasses: () => null,
    drawTest: draw,
    drawTestClasses: () => null,
  };
}

function rowSource(set: RowSet, options: SourceOptions): Source {
  const { name, form, shape, white, classes } = set;
  const binary = form.kind === 'images' && (options.binary ?? false);
  const half = binary && nameParts(name).like === 'digits8';
  const random = binary && !half;
  const brightness = (levels: Tensor) =>
    half ? cast(greaterEqual(levels, white / 2), 'f32') : div(levels, white);
  const meaning = form.kind === 'tokens' ? (levels: Tensor) => cast(levels, 'u32') : brightness;

  const train = upload(set.train, `${name} train`);
  const test = upload(set.test, `${name} test`);
  const labels = uploadClasses(set.train, `${name} classes`);
  const testLabels = uploadClasses(set.test, `${name} test classes`);
  const coins = random ? drawOnce(test, set.test.count, brightness) : null;

  return {
    name,
    form,
    shape,
    white,
    binary,
    classes,
    count: set.train.count,
    testCount: set.test.count,
    series: null,
    draw(n, rows) {
      const values = meaning(gather(train, rows as Tensor)); // [n, size]
      return reshape(random ? bernoulli(values) : values, [n, ...shape]);
    },
    drawClasses: (rows) => labels && gather(labels, rows as Tensor),
    drawTestClasses: (rows) => testLabels && gather(testLabels, rows as Tensor),
    drawTest(n, rows) {
      const values = coins ? gather(coins, rows as Tensor) : meaning(gather(test, rows as Tensor));
      return reshape(values, [n, ...shape]);
    },
  };
}

function upload({ values, count }: Rows, name: string): Variable {
  return variable(values, [count, values.length / count], { name });
}

const uploadClasses = ({ labels }: Rows, name: string): Variable | null =>
  labels && variable(Uint32Array.from(labels), undefined, { name });

/** All test pixels as 0 or 1 with their brightness as probability, the same for every seed. */
function drawOnce(test: Variable, count: number, brightness: (levels: Tensor) => Tensor): Variable {
  const all = tensor(Uint32Array.from({ length: count }, (_, i) => i));
  const drawn = seeded(0, () => bernoulli(brightness(gather(test, all))));
  return variable(drawn, undefined, { name: 'binary test' });
}
