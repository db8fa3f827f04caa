import { bytesAt } from './bytes.ts';
import { type RowSet, splitRows } from './sets.ts';

/** The terminator and the letters: token 0 and tokens 1..26. */
const SYMBOLS = '.abcdefghijklmnopqrstuvwxyz';
const LENGTH = 12;
const ROWS = 8372;

/**
 * 8372 first names of 3 to 11 letters, each 12 tokens: its letters (a = 1 ... z = 26), then
 * terminators (0). Row i is a test row when i mod 10 = 9: 7535 train, 837 test. names.txt holds them
 * in order, one a line. Source: G. Ward, Moby word lists, by @stdlib (CC0); see LICENSE-names.md.
 */
export async function loadNames(): Promise<RowSet> {
  const file = await bytesAt(new URL('./names.txt', import.meta.url));
  const names = new TextDecoder().decode(file).trimEnd().split('\n');
  if (names.length !== ROWS) {
    throw new Error(`names.txt: expected ${ROWS} lines, got ${names.length}. Check it out again.`);
  }
  const tokens = new Uint8Array(ROWS * LENGTH);
  names.forEach((name, i) => {
    tokens.set(
      Array.from(name, (letter) => SYMBOLS.indexOf(letter)),
      i * LENGTH,
    );
  });
  return {
    name: 'names',
    form: { kind: 'tokens', symbols: SYMBOLS, ended: true },
    shape: [LENGTH],
    white: SYMBOLS.length - 1,
    classes: [],
    ...splitRows(tokens, null, LENGTH, (i) => i % 10 === 9),
  };
}
