import { decode } from 'fast-png';
import { EMOJI_CATEGORIES } from '../../models/data/emoji.ts';
import { filesOf, type Package } from './fetch.ts';

const twemoji: Package = {
  name: 'emoji-datasource-twitter',
  version: '16.0.0',
  integrity:
    'sha512-7F+uCuHH+7Qnrc15P5tnbvKkg9E6tlzi4MnT2uW1RlN4pLYTza6cP/dstIfSDMtpjFLWuZewWg8jBbuL2eyELQ==',
};

/** What emoji.json says of an emoji, as far as it is used. */
interface Entry {
  category: string;
  sheet_x: number;
  sheet_y: number;
}

const SIDE = 16;
const CELL = SIDE + 2; // with the border

/** emoji16.bin: every emoji but flags over white, 16×16 RGB and its category, in emoji.json's order. */
export function makeEmoji(): Uint8Array {
  const [list, sheet] = filesOf(twemoji, ['emoji.json', `img/twitter/sheets-clean/${SIDE}.png`]);
  const entries = (JSON.parse(list.toString()) as Entry[]).filter((e) => e.category !== 'Flags');
  const { data, width, channels } = decode(sheet);
  if (channels !== 4) throw new Error(`emoji: expected a sheet of RGBA, got ${channels} channels.`);
  const rows = entries.map(({ category, sheet_x, sheet_y }) => {
    const row = new Uint8Array(3 * SIDE * SIDE + 1);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const x = sheet_x * CELL + 1 + (i % SIDE);
      const y = sheet_y * CELL + 1 + Math.floor(i / SIDE);
      const from = 4 * (y * width + x);
      const alpha = data[from + 3] / 255;
      for (let c = 0; c < 3; c++) {
        row[3 * i + c] = Math.round(alpha * data[from + c] + (1 - alpha) * 255);
      }
    }
    row[row.length - 1] = EMOJI_CATEGORIES.indexOf(category);
    return row;
  });
  return Buffer.concat(rows);
}
