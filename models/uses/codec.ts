import type { Autoregressive } from '../autoregressive/autoregressive.ts';
import { alphabetOf, type SequenceModel } from '../autoregressive/sequence.ts';
import type { Source } from '../data/source.ts';
import type { Model } from '../model.ts';
import type { Studied } from '../study.ts';
import type { Vae } from '../vae/vae.ts';
import { compressRows, decompressRows } from './coding.ts';
import { ofImages, ofSequences } from './conditionals.ts';
import { packLengths, packWhole, takeLengths, wholes } from './lengths.ts';
import { testImages, testSequences } from './test_set.ts';
import { vaeCodec } from './vae_codec.ts';

/** Lossless compression by a model. */
export interface Codec {
  /** Whether what the model says is a bound. */
  readonly bound: boolean;
  /** The first test examples, at most `count`, each as its symbols. */
  examples(count: number): Promise<Uint8Array[]>;
  write(examples: readonly Uint8Array[]): Promise<Written>;
  /** The examples of a file. Throws where that can't be what `write` gave, if it can be told. */
  read(file: Uint8Array): Promise<Uint8Array[]>;
}

/** A file, and what the model says of it. */
export interface Written {
  bytes: Uint8Array<ArrayBuffer>;
  /** Its length without the bits that it began with, which aren't lost, bits. */
  net: number;
  /** What the model says that it takes: −log p(x), or an estimate of −L for a VAE, nats. */
  nats: number;
}

/** Rows that are coded side by side. */
const ROWS = 1000;

/**
 * Compression by a model: arithmetic coding where it goes through examples symbol by symbol, bits-back
 * coding for a VAE. Throws for other models.
 */
export function codecOf({ model, source }: Studied): Codec {
  if (has<Autoregressive>(model, 'walk')) return imageCodec(model, source);
  if (has<SequenceModel>(model, 'reader')) return sequenceCodec(model, source);
  if (has<Vae>(model, 'probabilities')) return vaeCodec(model, source);
  throw new Error(
    'compress: expected an autoregressive model, or a VAE of discrete pixels, got another. ' +
      'Train one of made, pixelcnn, transformer, vae.',
  );
}

const has = <M>(model: Model, name: keyof M): model is Model & M => name in model;

function imageCodec(model: Autoregressive, source: Source): Codec {
  const { levels, colours } = model.pixel;
  const walk = model.walk(1);
  const pixels = walk.order ?? Array.from({ length: walk.passes }, (_, t) => t);
  const order = Array.from(pixels).flatMap((p) =>
    Array.from({ length: colours }, (_, c) => p * colours + c),
  );
  walk.dispose();
  return {
    bound: false,
    examples: (count) => testImages(source, count, levels),
    async write(examples) {
      const groups = inGroups(examples.map((x) => Uint8Array.from(order, (at) => x[at])));
      const open = (g: number) => ofImages(model, groups[g].length);
      const { bytes, nats } = await compressRows(groups, open);
      return written(packWhole(examples.length), bytes, nats);
    },
    async read(file) {
      const head = wholes(file);
      const groups = inGroups(Array<null>(head.next()).fill(null));
      const open = (g: number) => ofImages(model, groups[g].length);
      const rows = await decompressRows(groups.length, open, head.rest());
      return rows.map((row) => {
        const x = new Uint8Array(row.length);
        order.forEach((at, place) => {
          x[at] = row[place];
        });
        return x;
      });
    },
  };
}

function sequenceCodec(model: SequenceModel, source: Source): Codec {
  const alphabet = alphabetOf(source);
  return {
    bound: false,
    examples: (count) => testSequences(source, count),
    async write(examples) {
      const lengths = examples.map((x) => x.length);
      const groups = inGroups(lengths);
      const open = (g: number) => ofSequences(model, alphabet, groups[g]);
      const { bytes, nats } = await compressRows(inGroups(examples), open);
      return written(packLengths(lengths), bytes, nats);
    },
    async read(file) {
      const head = wholes(file);
      const lengths = takeLengths(head.next);
      const groups = inGroups(lengths);
      const open = (g: number) => ofSequences(model, alphabet, groups[g]);
      const rows = await decompressRows(groups.length, open, head.rest());
      return rows.map((row, i) => row.slice(0, lengths[i]));
    },
  };
}

function written(head: number[], bytes: Uint8Array, nats: number): Written {
  const file = Uint8Array.from([...head, ...bytes]);
  return { bytes: file, net: 8 * file.length, nats };
}

const inGroups = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, g) =>
    rows.slice(g * ROWS, (g + 1) * ROWS),
  );
