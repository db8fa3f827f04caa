import { type GatedSizes, gatedNumbers, gatedShapes, perPixel } from './gated.ts';
import { byLikeliest, rowOf } from './generate.ts';
import type { Kind } from './kind.ts';
import { whole } from './numbers.ts';
import { countOf, drawParameters, parametersOf } from './training.ts';

/** One row of an image of a gated PixelCNN, each pixel at its likeliest level; the rows above are given. */
export interface GenerateImage extends GatedSizes {
  kind: 'generateImage';
  row: number;
}

/** The image as the network sees it: levels known and drawn, as values 0..1, and zeros below. */
export function imageOf(p: GenerateImage, known: Float32Array, drawn: Float32Array): Float32Array {
  const image = new Float32Array(p.side ** 2);
  image.set(known);
  image.set(drawn, known.length);
  return image.map((level) => level / (p.outputs - 1));
}

export const generateImage: Kind<GenerateImage> = {
  mode: 'latency',
  shape: ({ side, channels, layers, row }) =>
    `${layers} layers of ${channels}, row ${row} of ${side}x${side}`,
  /** Each new pixel once through the network. */
  flops: (p) => 2 * p.side * perPixel(p),
  bytes: (p) => 4 * (countOf(gatedShapes(p)) + p.side),
  inputs: (p, random) => ({
    ...drawParameters(gatedShapes(p), random),
    known: whole(p.row * p.side, p.outputs, random),
  }),
  judge: (p, inputs) =>
    byLikeliest((drawn) => {
      const parameters = parametersOf(gatedShapes(p), inputs);
      const image = imageOf(p, inputs.known, drawn);
      const { data } = gatedNumbers(p, image)([], parameters);
      return Array.from(drawn, (_, i) => rowOf(data, inputs.known.length + i, p.outputs));
    }),
};
