import type { OwnForm } from './forms.ts';
import type { Progress } from './read.ts';

/** Decoded images, with values 0..255. */
export interface Decoded {
  count: number;
  /** [count, height, width, channels]. */
  values: Uint8Array;
}

/**
 * Image files in the size of a form: the square in their middle, over white, shrunk or enlarged. Throws,
 * naming the file, for one that the browser cannot decode.
 */
export async function decodeImages(
  files: readonly File[],
  { form }: OwnForm,
  progress: Progress,
): Promise<Decoded> {
  const { height, width, channels } = form as typeof form & { kind: 'images' };
  const size = height * width * channels;
  const values = new Uint8Array(files.length * size);
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d', {
    willReadFrequently: true,
  }) as OffscreenCanvasRenderingContext2D;
  for (const [i, file] of files.entries()) {
    const image = await squareOf(file, width, height);
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, width, height);
    pen.drawImage(image, 0, 0);
    image.close();
    const { data } = pen.getImageData(0, 0, width, height);
    for (let p = 0; p < height * width; p++) {
      const [r, g, b] = data.subarray(4 * p, 4 * p + 3);
      if (channels === 3) values.set([r, g, b], i * size + 3 * p);
      else values[i * size + p] = Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b);
    }
    progress(`Reading image ${i + 1} of ${files.length}`, (i + 1) / files.length);
  }
  return { count: files.length, values };
}

async function squareOf(file: File, width: number, height: number): Promise<ImageBitmap> {
  try {
    const whole = await createImageBitmap(file);
    const side = Math.min(whole.width, whole.height);
    const [left, top] = [(whole.width - side) >> 1, (whole.height - side) >> 1];
    const square = await createImageBitmap(whole, left, top, side, side, {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: 'high',
    });
    whole.close();
    return square;
  } catch {
    throw new Error(
      `${file.name}: expected an image, got something that this browser cannot decode. ` +
        'Choose PNG, JPEG, WebP or GIF files.',
    );
  }
}

/** Whether images show dark ink on light paper, by their mean. */
export function isInkDark({ values }: Decoded): boolean {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length > 127.5;
}
