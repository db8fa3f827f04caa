import { encode } from 'fast-png';
import { writeDurably } from './folder.ts';
import type { Picture } from './jobs.ts';

/** Writes grey pixels as a PNG file. */
export function writePicture(path: string, { width, height, pixels }: Picture): void {
  writeDurably(path, encode({ width, height, channels: 1, data: Buffer.from(pixels, 'base64') }));
}
