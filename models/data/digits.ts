import { bytesAt } from './bytes.ts';
import type { Images, ImageSet } from './images.ts';

const SIZE = 64;
const ROWS = 1797;

/**
 * 1797 handwritten digits, 8×8, values 0..16. Row i is a test row when i mod 5 = 4: 1438 train,
 * 359 test. digits.bin holds 64 pixels and the label of each row. Source: E. Alpaydin and
 * C. Kaynak, Optical Recognition of Handwritten Digits, UCI (CC BY 4.0); see LICENSE-digits.md.
 */
export async function loadDigits(): Promise<ImageSet> {
  const rows = await bytesAt(new URL('./digits.bin', import.meta.url));
  if (rows.length !== ROWS * (SIZE + 1)) {
    throw new Error(
      `digits.bin: expected ${ROWS * (SIZE + 1)} bytes, got ${rows.length}. Check it out again.`,
    );
  }
  const isTest = (i: number) => i % 5 === 4;
  return {
    name: 'digits8',
    height: 8,
    width: 8,
    white: 16,
    train: pick(rows, (i) => !isTest(i)),
    test: pick(rows, isTest),
  };
}

function pick(rows: Uint8Array, wanted: (i: number) => boolean): Images {
  const indices = Array.from({ length: ROWS }, (_, i) => i).filter(wanted);
  const pixels = new Uint8Array(indices.length * SIZE);
  const labels = new Uint8Array(indices.length);
  indices.forEach((row, i) => {
    const start = row * (SIZE + 1);
    pixels.set(rows.subarray(start, start + SIZE), i * SIZE);
    labels[i] = rows[start + SIZE];
  });
  return { count: indices.length, pixels, labels };
}
