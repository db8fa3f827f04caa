import { type Arg, type Tensor, variable } from '../../engine/index.ts';
import type { Model } from '../model.ts';
import { manyPasses, type Sampler } from '../sampler.ts';
import type { Pixel } from './pixels.ts';

/** How images are drawn. */
export interface Draw {
  /** Divides the logits: 1 draws from p, less draws what is likelier. */
  temperature?: number;
  /** Classes of the images, one each, for a model that is conditioned on them; in turn unless given. */
  classes?: Uint32Array<ArrayBuffer>;
}

/** A model p(x) = Π_i p(x_i | x_<i) of images with values 0..1, pixel i being the i-th in its order. */
export interface Autoregressive extends Model {
  /** The distribution of a pixel of C colours, made of K numbers. */
  readonly pixel: Pixel;
  /** The K numbers of each pixel, [B, H·W, K], for images [B, H, W, C]: of the pixels before it alone. */
  numbers(x: Tensor, classes?: Tensor | null): Tensor;
  /** log p(x) of images [B, H, W, C], given their classes [B] where the model has any: [B], nats. */
  logLikelihood(x: Tensor, classes?: Tensor | null): Tensor;
  /** Goes through n images pixel by pixel, computing at each only what is new. */
  walk(n: number, classes?: Uint32Array<ArrayBuffer>): Walk;
  /** Draws n images, a pixel in each pass. */
  sampler(n: number, options?: Draw): Sampler;
}

/** What `numbers` is, pixel by pixel: for sampling, completing and compressing. */
export interface Walk {
  /** Passes, one for each pixel. */
  readonly passes: number;
  /** The pixel of each pass; none where that is reading order. */
  readonly order?: ArrayLike<number>;
  /** One pass of each kind: others record the same as one of these. */
  readonly kinds: readonly number[];
  /**
   * The numbers [n, K] of the pixel of pass t, given that of pass t − 1, [n, C], which pass 0 does not
   * look at. Pass after pass, inside a step.
   */
  advance(t: number, before: Arg): Tensor;
  /** The images [n, H, W, C], given the pixel of the last pass. Inside a step. */
  images(last: Arg): Tensor;
  dispose(): void;
}

/** Draws the images that a walk goes through: each pass feeds the next. */
export function drawn(
  walk: Walk,
  pixel: Pixel,
  n: number,
  { temperature = 1 }: Draw = {},
): Sampler {
  const last = variable(null, [n, pixel.colours], { name: 'last pixel' });
  return manyPasses(walk.passes, {
    kinds: walk.kinds,
    pass: (t) => last.assign(pixel.draw(walk.advance(t, last), temperature)),
    result: () => walk.images(last),
    free() {
      last.dispose();
      walk.dispose();
    },
  });
}

/** Classes of n images: 0, 1, ... in turn. */
export const inTurn = (n: number, classes: number): Uint32Array<ArrayBuffer> =>
  Uint32Array.from({ length: n }, (_, i) => i % Math.max(1, classes));
