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
import { loadDigits } from './digits.ts';
import { drawToy } from './draw.ts';
import type { Images, ImageSet } from './images.ts';
import { loadMnist } from './mnist.ts';
import { type ToyName, toys } from './toys.ts';

/** Data on the GPU that training steps draw from. */
export interface Source {
  readonly name: string;
  /** What an example is: [2] of the plane, or an image [H, W, 1] with values 0..1. */
  readonly kind: 'points' | 'images';
  readonly shape: Shape;
  /** Number of classes, 0 where examples have none. */
  readonly classes: number;
  /** Grey pixels are multiples of 1 / white. */
  readonly white: number;
  /** Rows to shuffle, null when every draw is fresh. */
  readonly count: number | null;
  readonly testCount: number | null;
  /** n training examples, [n, ...shape]: those of the row indices [n], or fresh ones. In a step. */
  draw(n: number, rows: Tensor | null): Tensor;
  /** The classes of training examples, [n] u32; null where there are none. In a step. */
  drawClasses(rows: Tensor | null): Tensor | null;
  /** n test examples likewise; the same row always gives the same pixels. In a step. */
  drawTest(n: number, rows: Tensor | null): Tensor;
  /** The classes of test examples likewise. In a step. */
  drawTestClasses(rows: Tensor | null): Tensor | null;
}

const imageSets: Record<string, () => Promise<ImageSet>> = {
  digits8: loadDigits,
  mnist: loadMnist,
};

/**
 * Opens a data set by name and keeps images on the GPU as bytes, so that a step uploads indices
 * only. Binary pixels: digits8 at half brightness; others drawn anew each time with the grey value
 * as probability (Salakhutdinov and Murray 2008), the test images once. Throws for an unknown name.
 */
export async function openSource(name: string, { binary = false } = {}): Promise<Source> {
  if (Object.hasOwn(toys, name)) return toySource(name as ToyName);
  if (!Object.hasOwn(imageSets, name)) {
    const names = [...Object.keys(toys), ...Object.keys(imageSets)].join(', ');
    throw new Error(`data: unknown set '${name}'. Choose one of ${names}.`);
  }
  return imageSource(await imageSets[name](), binary);
}

function toySource(name: ToyName): Source {
  const draw = (n: number) => drawToy(name, n);
  const drawClasses = () => null;
  const known = { kind: 'points', shape: [2], white: 1, classes: 0 } as const;
  return {
    name,
    ...known,
    count: null,
    testCount: null,
    draw,
    drawClasses,
    drawTest: draw,
    drawTestClasses: drawClasses,
  };
}

function imageSource(set: ImageSet, binary: boolean): Source {
  const { name, height, width, white } = set;
  const shape = [height, width, 1];
  const half = binary && name === 'digits8';
  const random = binary && !half;
  const brightness = (levels: Tensor) =>
    half ? cast(greaterEqual(levels, white / 2), 'f32') : div(levels, white);

  const train = upload(set.train, `${name} train`);
  const test = upload(set.test, `${name} test`);
  const classes = uploadClasses(set.train, `${name} classes`);
  const testClasses = uploadClasses(set.test, `${name} test classes`);
  const coins = random ? drawOnce(test, set.test.count, brightness) : null;

  return {
    name,
    kind: 'images',
    shape,
    white,
    classes: 10,
    count: set.train.count,
    testCount: set.test.count,
    draw(n, rows) {
      const pixels = brightness(gather(train, rows as Tensor)); // [n, H·W]
      return reshape(random ? bernoulli(pixels) : pixels, [n, ...shape]);
    },
    drawClasses: (rows) => gather(classes, rows as Tensor),
    drawTestClasses: (rows) => gather(testClasses, rows as Tensor),
    drawTest(n, rows) {
      const pixels = coins
        ? gather(coins, rows as Tensor)
        : brightness(gather(test, rows as Tensor));
      return reshape(pixels, [n, ...shape]);
    },
  };
}

function upload({ pixels, count }: Images, name: string): Variable {
  return variable(pixels, [count, pixels.length / count], { name });
}

const uploadClasses = ({ labels }: Images, name: string): Variable =>
  variable(Uint32Array.from(labels), undefined, { name });

/** All test pixels as 0 or 1 with their brightness as probability, the same for every seed. */
function drawOnce(test: Variable, count: number, brightness: (levels: Tensor) => Tensor): Variable {
  const all = tensor(Uint32Array.from({ length: count }, (_, i) => i));
  const drawn = seeded(0, () => bernoulli(brightness(gather(test, all))));
  return variable(drawn, undefined, { name: 'binary test' });
}
