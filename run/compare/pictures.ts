import { encode } from 'fast-png';
import { gridPicture, type Pixels } from '../picture.ts';
import { forms } from './forms.ts';
import type { Comparison } from './summary.ts';

/** Images of each row of the picture of all. */
const COLUMNS = 16;

const valuesOf = (images: string) =>
  Float32Array.from(Buffer.from(images, 'base64'), (byte) => byte / 255);

const png = ({ width, height, channels, pixels }: Pixels): Uint8Array =>
  encode({ width, height, channels, data: pixels });

/** Images of a data set, bytes as base64, as the PNG of a grid. */
export const gridOf = (data: string, images: string): Uint8Array =>
  png(gridPicture(valuesOf(images), forms[data]));

/** A PNG with a row of images of each: real ones, then those of each model. */
export function samplesOf({ data, floor, lines }: Comparison): Uint8Array {
  const { height, width, channels } = forms[data];
  const all = [floor.images, ...lines.map(({ images }) => images)];
  const rows = all
    .filter((images) => images !== null)
    .map((images) => valuesOf(images).subarray(0, COLUMNS * height * width * channels));
  return png(gridPicture(Float32Array.from(rows.flatMap((row) => [...row])), forms[data], COLUMNS));
}
