import type { Form } from '../../models/data/form.ts';
import { nameParts, type OwnSet } from '../../models/data/own.ts';
import { TOY_EXTENT, toys } from '../../models/data/toys.ts';
import { catalog } from '../../models/catalog.ts';
import type { ModelInfo } from '../../models/settings.ts';
import { infoOf } from '../address.ts';

/** A form that a person's own data may take: that of sets which models know. */
export interface OwnForm {
  /** What the examples are, for people. */
  readonly title: string;
  readonly form: Form;
  /** The largest value of a pixel, symbol or sample. */
  readonly white: number;
  /** Numbers of an example; none for points. */
  readonly shape: readonly number[];
  /** The known sets of this form. */
  readonly like: readonly string[];
  /** What files it is made of. */
  readonly files: string;
  /** What a file dialog offers. */
  readonly accept: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const IMAGE_FILES = {
  files: 'Images of any size, or IDX files (also .gz), with their labels if you have them',
  accept: 'image/*,.gz,.idx,application/octet-stream',
};

const images = (
  side: number,
  channels: number,
  white: number,
  like: readonly string[],
): OwnForm => ({
  title: `${side}×${side} ${channels === 1 ? 'grey' : 'colour'} images`,
  form: { kind: 'images', height: side, width: side, channels },
  white,
  shape: [side, side, channels],
  like,
  ...IMAGE_FILES,
});

/** All forms of own data. */
export const ownForms: readonly OwnForm[] = [
  {
    title: 'Points of the plane',
    form: { kind: 'points', extent: TOY_EXTENT },
    white: 1,
    shape: [],
    like: Object.keys(toys),
    files: 'A text file with two numbers a line (.csv, .txt)',
    accept: '.csv,.txt,.tsv,text/*',
  },
  images(8, 1, 16, ['digits8']),
  images(28, 1, 255, ['mnist', 'fashion']),
  images(16, 3, 255, ['emoji16']),
  {
    title: 'Names or other words',
    form: { kind: 'tokens', symbols: `.${LETTERS}`, ended: true },
    white: LETTERS.length,
    shape: [12],
    like: ['names'],
    files: 'A text file with a word of up to 11 letters a line',
    accept: '.txt,.csv,text/*',
  },
  {
    title: 'A long text',
    form: { kind: 'tokens', symbols: ` ${LETTERS}`, ended: false },
    white: LETTERS.length,
    shape: [256],
    like: ['text27'],
    files: 'Text files; what is no letter becomes a space',
    accept: '.txt,.md,text/*',
  },
  {
    title: 'Sounds at 8 kHz',
    form: { kind: 'audio', rate: 8000 },
    white: 255,
    shape: [512],
    like: ['drums8k', 'speech8k'],
    files: 'WAV files, or others that this browser plays',
    accept: 'audio/*,.wav',
  },
];

/** A form that a model takes, and the known set whose settings own data of that form get. */
export interface Taken {
  own: OwnForm;
  like: string;
}

/** The forms that a model takes; of known sets of the same form, the one that is open goes first. */
export function formsOf(model: string, open: string): Taken[] {
  const sets = Object.keys(infoOf(model)?.data ?? {});
  const now = nameParts(open).like;
  return ownForms.flatMap((own) => {
    const known = sets.filter((name) => own.like.includes(name));
    const like = known.includes(now) ? now : known[0];
    return like ? [{ own, like }] : [];
  });
}

/** Whether a set has a form. */
export const hasForm = (set: OwnSet, { form, white }: OwnForm): boolean =>
  JSON.stringify(set.form) === JSON.stringify(form) && ('white' in set ? set.white : 1) === white;

/** What a file may hold, by its type and name; files without either may be IDX files. */
export function kindsOf({ type, name }: File): Form['kind'][] {
  if (type.startsWith('audio/')) return ['audio'];
  const text = type.startsWith('text/') || /\.(txt|csv|tsv|md)$/i.test(name);
  return text ? ['tokens', 'points'] : ['images'];
}

/** Why a model cannot be trained on a file, and which can; empty where it can. */
export function unfitText(model: string, file: File): string {
  const kinds = kindsOf(file);
  const fits = (name: string) => formsOf(name, '').some(({ own }) => kinds.includes(own.form.kind));
  if (fits(model)) return '';
  const others = Object.entries<ModelInfo>(catalog).filter(([name]) => fits(name));
  const titles = others.map(([, { title }]) => title).slice(0, 6);
  return (
    `${file.name}: ${infoOf(model)?.title} takes no such data. ` +
    `Open one of these and drop it again: ${titles.join(', ')}.`
  );
}
