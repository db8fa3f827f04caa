import type { OwnSet } from '../../models/data/own.ts';
import type { OwnForm } from './forms.ts';
import { type IdxFile, idxImages, isIdx, readIdx } from './idx.ts';
import { type Decoded, decodeImages, isInkDark } from './images.ts';
import { splitOf } from './split.ts';
import { pointSet, textSet, wordSet } from './texts.ts';

/** Says what reading is busy with and what part is done. */
export type Progress = (text: string, part: number) => void;

/** A data set made of files, and what was done to them, in a sentence. */
export interface Read {
  set: OwnSet;
  remark: string;
}

/** Makes a data set of a form out of files, other than sounds. Throws, naming the file and what is expected. */
export async function readFiles(
  files: readonly File[],
  own: OwnForm,
  progress: Progress,
): Promise<Read> {
  const { form } = own;
  if (form.kind === 'images') return readImages(files, own, progress);
  const text = await textOf(files);
  return named(files, () => {
    if (form.kind === 'points')
      return { set: pointSet(text, own), remark: 'Moved and scaled to fill the square.' };
    if (form.kind === 'tokens' && !form.ended)
      return { set: textSet(text, own), remark: 'Letters alone, in lower case.' };
    const { set, left } = wordSet(text, own);
    return { set, remark: left ? `${left} longer ones were left out.` : '' };
  });
}

function named<T>(files: readonly File[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${files.map(({ name }) => name).join(', ')}: ${(error as Error).message}`);
  }
}

async function textOf(files: readonly File[]): Promise<string> {
  const texts = files.map(async (file) => {
    try {
      const bytes = await file.arrayBuffer();
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new Error(
        `${file.name}: expected text in UTF-8, got something else. Choose a text file.`,
      );
    }
  });
  return (await Promise.all(texts)).join('\n');
}

async function readImages(files: readonly File[], own: OwnForm, progress: Progress): Promise<Read> {
  const opened = await Promise.all(files.map(openIdx));
  const arrays = opened.filter((file) => file !== null);
  if (arrays.length === 0) return imagesRead(await decodeImages(files, own, progress), null, own);
  if (arrays.length < files.length) {
    throw new Error('expected images or IDX files, got both. Give one kind.');
  }
  const labels = arrays.find(({ array }) => array.shape.length === 1) ?? null;
  const images = arrays.filter((file) => file !== labels);
  if (images.length !== 1) {
    throw new Error(
      `expected one IDX file of images, got ${images.length}. Give it, with that of the labels if you like.`,
    );
  }
  const [{ array, name }] = images;
  if (labels && labels.array.values.length !== array.shape[0]) {
    throw new Error(
      `${labels.name}: expected ${array.shape[0]} labels, one for each image, got ${labels.array.values.length}.`,
    );
  }
  const decoded = idxImages(array, own, name, progress);
  return imagesRead(decoded, labels?.array.values ?? null, own);
}

/** An IDX file, null for a file that is none. */
async function openIdx(file: File): Promise<{ array: IdxFile; name: string } | null> {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const packed = start[0] === 0x1f && start[1] === 0x8b;
  if (!packed && !isIdx(start)) return null;
  const bytes = new Uint8Array(await (packed ? unpacked(file) : file.arrayBuffer()));
  if (!isIdx(bytes))
    throw new Error(`${file.name}: expected an IDX file of bytes, got something else.`);
  return { array: readIdx(bytes, file.name), name: file.name };
}

async function unpacked(file: File): Promise<ArrayBuffer> {
  try {
    return await new Response(
      file.stream().pipeThrough(new DecompressionStream('gzip')),
    ).arrayBuffer();
  } catch {
    throw new Error(`${file.name}: expected a gzip file, got a damaged one. Copy it again.`);
  }
}

/** Ink is what models see as 1 in grey images, as in the sets of digits; in colour white is 1. */
function imagesRead(decoded: Decoded, labels: Uint8Array | null, own: OwnForm): Read {
  const grey = own.shape[2] === 1;
  const dark = grey && isInkDark(decoded);
  const values = decoded.values.map((v) => Math.round(((dark ? 255 - v : v) * own.white) / 255));
  const set = splitOf({ count: decoded.count, values, labels }, own);
  const ink = grey ? `; ${dark ? 'dark' : 'light'} is taken for ink` : '';
  return { set, remark: `Square, ${own.shape[1]}×${own.shape[0]} pixels${ink}.` };
}
