import { bytesAt } from './bytes.ts';
import { labelledRows, type RowSet } from './sets.ts';

/** The classes of emoji16, in the order of its labels. */
export const EMOJI_CATEGORIES = [
  'Smileys & Emotion',
  'People & Body',
  'Component',
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Activities',
  'Objects',
  'Symbols',
];

const SIZE = 16 * 16 * 3;
const ROWS = 1641;

/**
 * 1641 emoji, all base ones but flags, 16×16 RGB over white. Row i is a test row when i mod 10 = 9:
 * 1477 train, 164 test. emoji16.bin holds 768 values and the category of each row. Source: Twemoji
 * (CC BY 4.0), by emoji-datasource-twitter; see LICENSE-emoji.md.
 */
export async function loadEmoji(): Promise<RowSet> {
  const file = await bytesAt(new URL('./emoji16.bin', import.meta.url));
  return {
    name: 'emoji16',
    form: { kind: 'images', height: 16, width: 16, channels: 3 },
    shape: [16, 16, 3],
    white: 255,
    classes: EMOJI_CATEGORIES,
    ...labelledRows(file, 'emoji16.bin', [ROWS, SIZE], (i) => i % 10 === 9),
  };
}
