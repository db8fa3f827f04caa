import type { Form } from '../models/data/form.ts';

/** Grey or RGB pixels, row by row from the top, channels together. */
export interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3;
  pixels: Uint8Array<ArrayBuffer>;
}

/** Images with values 0..1 as a grid with a 1 px gap, nearly square unless told how many in a row. */
export function gridPicture(
  images: Float32Array,
  { height, width, channels }: Form & { kind: 'images' },
  perRow?: number,
): Pixels {
  const count = images.length / (height * width * channels);
  const columns = perRow ?? Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const scale = Math.max(1, Math.round(28 / height));
  const [cellWidth, cellHeight] = [width * scale + 1, height * scale + 1];
  const picture = blank(columns * cellWidth + 1, rows * cellHeight + 1, channels === 3 ? 3 : 1, 64);
  for (let i = 0; i < count; i++) {
    const left = 1 + (i % columns) * cellWidth;
    const top = 1 + Math.floor(i / columns) * cellHeight;
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const from = (i * height + Math.floor(y / scale)) * width + Math.floor(x / scale);
        const to = (top + y) * picture.width + left + x;
        for (let c = 0; c < picture.channels; c++) {
          picture.pixels[to * picture.channels + c] = toByte(images[from * channels + c]);
        }
      }
    }
  }
  return picture;
}

/** Points [count, 2] of the square [-extent, extent]² as a density: darker where there are more. */
export function pointsPicture(points: Float32Array, extent: number, side = 256): Pixels {
  const hits = new Float32Array(side * side);
  for (let i = 0; i < points.length; i += 2) {
    const x = Math.floor(((points[i] + extent) / (2 * extent)) * side);
    const y = Math.floor(((extent - points[i + 1]) / (2 * extent)) * side);
    if (x >= 0 && x < side && y >= 0 && y < side) hits[y * side + x]++;
  }
  const most = Math.max(
    1,
    hits.reduce((a, b) => Math.max(a, b), 0),
  );
  const picture = blank(side, side, 1, 255);
  hits.forEach((h, i) => {
    picture.pixels[i] = toByte(1 - Math.sqrt(h / most));
  });
  return picture;
}

/** Pictures of equal size in a row. */
export function beside(pictures: readonly Pixels[]): Pixels {
  const [{ width, height, channels }] = pictures;
  const row = blank(pictures.length * width, height, channels, 0);
  const line = width * channels;
  pictures.forEach(({ pixels }, i) => {
    for (let y = 0; y < height; y++) {
      row.pixels.set(pixels.subarray(y * line, (y + 1) * line), (y * pictures.length + i) * line);
    }
  });
  return row;
}

function blank(width: number, height: number, channels: 1 | 3, value: number): Pixels {
  return { width, height, channels, pixels: new Uint8Array(width * height * channels).fill(value) };
}

/** A value of 0..1 as a byte; whatever is not a number is black. */
function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value || 0)));
}
