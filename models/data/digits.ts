import { bytesAt } from './bytes.ts';
import { labelledRows, type RowSet } from './sets.ts';

const SIZE = 64;
const ROWS = 1797;

/** The classes of sets of digits. */
export const DIGITS = [...'0123456789'];

/**
 * 1797 handwritten digits, 8×8, values 0..16. Row i is a test row when i mod 5 = 4: 1438 train,
 * 359 test. digits.bin holds 64 pixels and the label of each row. Source: E. Alpaydin and
 * C. Kaynak, Optical Recognition of Handwritten Digits, UCI (CC BY 4.0); see LICENSE-digits.md.
 */
export async function loadDigits(): Promise<RowSet> {
  const file = await bytesAt(new URL('./digits.bin', import.meta.url));
  return {
    name: 'digits8',
    form: { kind: 'images', height: 8, width: 8, channels: 1 },
    shape: [8, 8, 1],
    white: 16,
    classes: DIGITS,
    ...labelledRows(file, 'digits.bin', [ROWS, SIZE], (i) => i % 5 === 4),
  };
}
