import {
  adam,
  add,
  gather,
  grad,
  maskedConv2d,
  mean,
  neg,
  nn,
  relu,
  reshape,
  schedules,
  type Shape,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { type Autoregressive, drawn, type Walk } from './autoregressive.ts';
import { bernoulliPixel, softmaxPixel } from './pixels.ts';
import { logOdds } from './rates.ts';
import { keptRows, ofPixel, ofTaps, type Place, tapsOf } from './rows.ts';

/**
 * PixelCNN. A. van den Oord, N. Kalchbrenner and K. Kavukcuoglu, Pixel Recurrent Neural Networks, 2016,
 * arXiv 1601.06759, sections 3.3 to 3.5 and figure 5.
 *
 *   p(x) = Π_i p(x_i | x_1, ..., x_(i−1)),  pixels row by row                             eq. (1)
 *   h ← conv_A(x),  h ← h + conv_B(relu(h)) several times,  logits = conv(relu(conv(relu(h))))
 *
 * Mask A hides from a pixel itself and what comes after it, mask B only what comes after it. Pixels
 * above and far to the right are never seen: the blind spot that the gated PixelCNN has not. With
 * `position`, biases of their own tell pixels where they are. `step` minimises −log p(x).
 */
export type PixelCnn = Autoregressive;

interface Trained {
  readonly first: Required<nn.Conv>;
  readonly blocks: readonly Required<nn.Conv>[];
  readonly head: readonly [Required<nn.Conv>, Required<nn.Conv>];
  /** Of features, of the head's, and of logits: [H·W, ...]. */
  readonly position: readonly Variable[] | null;
}

/**
 * A PixelCNN of grey images [H, W, 1] with values 0..1 in steps of 1 / `white`; where they are
 * binary, biases of places start at the logits of `rates`, one per pixel.
 */
export function pixelcnn(
  config: Config<'pixelcnn'>,
  [height, width]: Shape,
  white: number,
  rates: Float32Array | null,
): PixelCnn {
  const { channels, layers, first, steps, batch } = config;
  const pixel = rates ? bernoulliPixel : softmaxPixel(white);
  const places = height * width;
  const conv = (size: number, inputs: number, outputs: number) =>
    nn.conv.init(size, inputs, outputs) as Required<nn.Conv>;
  const trained = {
    first: conv(first, 1, channels),
    blocks: Array.from({ length: layers }, () => conv(3, channels, channels)),
    head: [conv(1, channels, channels), conv(1, channels, pixel.size)] as const,
    position:
      config.position === 'none'
        ? null
        : [
            nn.filled(0, [places, channels], 'position'),
            nn.filled(0, [places, channels], 'position'),
            rates
              ? variable(logOdds(rates), [places, 1], { name: 'position' })
              : nn.filled(0, [places, pixel.size], 'position'),
          ],
  };
  const optimiser = adam(trained);

  /** h [B, H, W, C] with the biases of places. */
  const placed = (h: Tensor, which: number) => {
    const bias = trained.position?.[which];
    return bias ? add(h, reshape(bias, [height, width, bias.shape[1]])) : h;
  };

  const logits = (x: Tensor) => {
    const { first, blocks, head } = trained;
    const start = add(maskedConv2d(x, first.weight, { type: 'A' }), first.bias);
    const h = blocks.reduce(
      (h, { weight, bias }) => add(h, add(maskedConv2d(relu(h), weight, { type: 'B' }), bias)),
      placed(start, 0),
    );
    const inner = placed(nn.conv(head[0], relu(h)), 1);
    return placed(nn.conv(head[1], relu(inner)), 2); // [B, H, W, K]
  };
  const logLikelihood = (x: Tensor) => sum(pixel.logLikelihood(logits(x), x), [1, 2]); // eq. (1)

  const walk = (n: number) => walkOf(trained, [n, height, width]);

  return {
    variables: trained,
    optimisers: { optimiser },
    rows: batch,
    pixel,
    numbers: (x) => reshape(logits(x), [-1, places, pixel.size]),
    logLikelihood,

    step(x, i) {
      const loss = neg(mean(logLikelihood(x)));
      const gradients = grad(loss, optimiser.variables);
      optimiser.update(gradients, { lr: config.lr * schedules.linearTail(i, steps) });
      return { loss };
    },

    walk,
    sampler: (n, options) =>
      drawn(walk(n), pixel, n, { temperature: config.temperature, ...options }),
  };
}

/**
 * The features of the last rows of every layer are kept; a pass computes those of one pixel, from the
 * taps of its filters alone.
 */
function walkOf({ first, blocks, head, position }: Trained, [n, height, width]: Shape): Walk {
  const image = keptRows(n, [height, width], 1, height);
  const maps = blocks.map(({ weight }) => keptRows(n, [height, width], weight.shape[2], 2));
  const size = first.weight.shape[0];
  const seenFirst = tapsOf([size, size], (size * size - 1) / 2); // mask A
  const seen = tapsOf([3, 3], 5); // mask B
  return {
    passes: height * width,
    kinds: [0],
    advance(t, before) {
      const place: Place = [Math.floor(t / width), t % width];
      const index = tensor([t], [1], 'u32');
      const placed = (h: Tensor, which: number) =>
        position ? add(h, gather(position[which], index)) : h;

      const known = image.write(before, t - 1);
      let h = placed(ofTaps(gather(known, image.around(place, seenFirst), 1), first), 0);
      const around = maps.length ? maps[0].around(place, seen) : null;
      blocks.forEach((block, l) => {
        const map = maps[l].write(relu(h), t);
        h = add(h, ofTaps(gather(map, around as Tensor, 1), block));
      });
      const inner = placed(ofPixel(relu(h), head[0]), 1);
      return placed(ofPixel(relu(inner), head[1]), 2);
    },
    images: (last) => reshape(image.whole(last), [n, height, width, 1]),
    dispose() {
      for (const held of [image, ...maps]) held.dispose();
    },
  };
}

// Beside the paper: residual blocks are one 3×3 convolution instead of 1×1, 3×3, 1×1 with half the
// channels inside; images are grey, and binary ones have one logit.
