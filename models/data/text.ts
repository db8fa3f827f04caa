import { bytesAt } from './bytes.ts';
import type { SeriesSet } from './sets.ts';

const SYMBOLS = ' abcdefghijklmnopqrstuvwxyz';
const LENGTH = 1_150_311;

/**
 * Moby-Dick in 27 symbols: space (0) and letters (a = 1 ... z = 26). The last tenth is the test
 * text. moby-dick.txt holds it as text. Source: H. Melville, 1851, by @stdlib (CC0); see
 * LICENSE-moby-dick.md.
 */
export async function loadText(): Promise<SeriesSet> {
  const file = await bytesAt(new URL('./moby-dick.txt', import.meta.url));
  if (file.length !== LENGTH) {
    throw new Error(
      `moby-dick.txt: expected ${LENGTH} letters, got ${file.length}. Check it out again.`,
    );
  }
  const symbols = file.map((code) => code & 31); // ' ' is 32, 'a' 97
  const border = Math.floor(0.9 * LENGTH);
  return {
    name: 'text27',
    form: { kind: 'tokens', symbols: SYMBOLS, ended: false },
    white: SYMBOLS.length - 1,
    length: 256,
    train: [symbols.subarray(0, border)],
    test: [symbols.subarray(border)],
  };
}
