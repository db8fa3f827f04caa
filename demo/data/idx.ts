import type { OwnForm } from './forms.ts';
import type { Decoded } from './images.ts';
import type { Progress } from './read.ts';

/** An array of bytes as IDX files hold them. */
export interface IdxFile {
  shape: number[];
  values: Uint8Array;
}

/** Rows that are resized at once. */
const CHUNK = 200;

/** Whether bytes begin as IDX files of unsigned bytes do. */
export const isIdx = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && bytes[3] >= 1 && bytes[3] <= 4;

/** Reads an IDX file of unsigned bytes. Throws, with its name, for one that is cut short or too long. */
export function readIdx(bytes: Uint8Array, name: string): IdxFile {
  const rank = bytes[3];
  const head = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length >= head;
  const shape = whole ? Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i)) : [];
  const size = shape.reduce((a, b) => a * b, 1);
  if (whole && bytes.length === head + size && size > 0)
    return { shape, values: bytes.subarray(head) };
  throw new Error(
    `${name}: expected an IDX file of [${shape}] bytes, ${head + size} in all, got ${bytes.length}. ` +
      'Copy it again.',
  );
}

/** Images of an IDX file, [n, h, w] or [n, h, w, channels], in the size and the channels of a form. */
export function idxImages(
  { shape, values }: IdxFile,
  { form }: OwnForm,
  name: string,
  progress: Progress,
): Decoded {
  const { height, width, channels } = form as typeof form & { kind: 'images' };
  const [count, h, w, c = 1] = shape;
  if (shape.length < 3 || (c !== 1 && c !== 3)) {
    throw new Error(
      `${name}: expected images [n, height, width] with 1 or 3 channels, got [${shape}]. ` +
        'Give the file of images, with that of the labels if you like.',
    );
  }
  const resized = new Uint8Array(count * height * width * channels);
  const from = { height: h, width: w, channels: c };
  for (let row = 0; row < count; row++) {
    const image = values.subarray(row * h * w * c, (row + 1) * h * w * c);
    resized.set(resize(image, from, { height, width, channels }), row * height * width * channels);
    if (row % CHUNK === 0) progress(`Reading image ${row + 1} of ${count}`, row / count);
  }
  return { count, values: resized };
}

type Size = { height: number; width: number; channels: number };

/** The mean of the pixels, or parts of them, that lie under each new pixel. */
function resize(image: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from.height === to.height && from.width === to.width && from.channels === to.channels) {
    return image;
  }
  const resized = new Uint8Array(to.height * to.width * to.channels);
  const [tall, wide] = [from.height / to.height, from.width / to.width];
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      for (let k = 0; k < to.channels; k++) {
        const mean = meanUnder(
          image,
          from,
          [y * tall, (y + 1) * tall],
          [x * wide, (x + 1) * wide],
          k,
          to,
        );
        resized[(y * to.width + x) * to.channels + k] = Math.round(mean);
      }
    }
  }
  return resized;
}

function meanUnder(
  image: Uint8Array,
  { width, channels }: Size,
  [top, bottom]: [number, number],
  [left, right]: [number, number],
  channel: number,
  to: Size,
): number {
  let [sum, weights] = [0, 0];
  for (let y = Math.floor(top); y < bottom; y++) {
    const high = Math.min(bottom, y + 1) - Math.max(top, y);
    for (let x = Math.floor(left); x < right; x++) {
      const weight = high * (Math.min(right, x + 1) - Math.max(left, x));
      const at = (y * width + x) * channels;
      sum += weight * levelOf(image, at, channels, channel, to.channels);
      weights += weight;
    }
  }
  return sum / weights;
}

/** A channel of a pixel: grey as every colour, or the mean of the colours as grey. */
function levelOf(
  image: Uint8Array,
  at: number,
  has: number,
  channel: number,
  wanted: number,
): number {
  if (has === wanted) return image[at + channel];
  return has === 1 ? image[at] : (image[at] + image[at + 1] + image[at + 2]) / 3;
}
