import type { PointSet, RowSet, SeriesSet } from '../../models/data/sets.ts';
import type { OwnForm } from './forms.ts';
import { splitOf } from './split.ts';

/** Letters with their accents taken off, in lower case; ß as ss, æ as ae. */
const plain = (text: string) =>
  text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');

/** Tokens of letters and spaces: ' ' is 32, 'a' 97. */
const tokensOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 31);

/** A text in the symbols of a form: letters, and a space for everything else. */
export function textSet(text: string, { form, white, shape }: OwnForm): SeriesSet {
  const letters = plain(text)
    .replace(/[^a-z]+/g, ' ')
    .trim();
  if (letters.length < 2) {
    throw new Error('expected a text with letters a to z, got none. Choose another file.');
  }
  const symbols = tokensOf(letters);
  const border = letters.length < 1000 ? letters.length : Math.floor(0.9 * letters.length);
  return {
    name: 'own',
    form: form as SeriesSet['form'],
    white,
    length: shape[0],
    train: [symbols.subarray(0, border)],
    test: [border < letters.length ? symbols.subarray(border) : symbols], // a short text is both
  };
}

/** Words, one a line, as rows of tokens; longer ones are left out. */
export function wordSet(text: string, own: OwnForm): { set: RowSet; left: number } {
  const [length] = own.shape;
  const lines = text.split(/[\n\r,;]+/).map((line) => plain(line).replace(/[^a-z]/g, ''));
  const all = lines.filter((word) => word.length > 0);
  const words = all.filter((word) => word.length < length);
  if (!words.length) {
    throw new Error(
      `expected words of up to ${length - 1} letters, one a line, got none. Choose another file.`,
    );
  }
  const tokens = new Uint8Array(words.length * length);
  words.forEach((word, i) => {
    tokens.set(tokensOf(word), i * length);
  });
  return {
    set: splitOf({ count: words.length, values: tokens, labels: null }, own),
    left: all.length - words.length,
  };
}

/** Points of a text with two numbers a line, moved and scaled so that they fill the square of the form. */
export function pointSet(text: string, { form }: OwnForm): PointSet {
  const rows = text.split('\n').map((line) =>
    line
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map(Number),
  );
  const points = rows.filter((row) => row.length >= 2 && row.slice(0, 2).every(Number.isFinite));
  if (points.length < 2) {
    throw new Error(
      'expected two numbers a line, got fewer than two such lines. Choose another file.',
    );
  }
  const { extent } = form as PointSet['form'];
  const [x, y] = [0, 1].map((k) => points.map((row) => row[k]));
  const [middleX, middleY] = [x, y].map((v) => (least(v) + most(v)) / 2);
  const half = Math.max(most(x) - least(x), most(y) - least(y)) / 2 || 1;
  const scale = (0.85 * extent) / half;
  const centres = Float32Array.from(
    points.flatMap(([px, py]) => [(px - middleX) * scale, (py - middleY) * scale]),
  );
  return { name: 'own', form: form as PointSet['form'], centres, spread: 0 };
}

const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
