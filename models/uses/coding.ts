import { arithmeticDecoder, arithmeticEncoder } from './arithmetic.ts';
import { intervalOf, type Table, tableOf } from './intervals.ts';

/** What a model says of rows of symbols that are coded side by side, place after place. */
export interface Conditionals {
  readonly rows: number;
  readonly places: number;
  /**
   * The probabilities of each row's symbol at a place, [rows, levels], given the symbols before it in
   * `values` [rows, places]. Place after place from 0. Equal calls give equal bits, so that reading
   * meets what writing met.
   */
  at(place: number, values: Uint8Array): Promise<Float32Array>;
  /** Whether a row has a symbol at a place, given those before it. All have unless told. */
  has?(row: number, place: number, values: Uint8Array): boolean;
  dispose(): void;
}

/** A message in as few bytes as the model makes it likely. */
export interface Compressed {
  bytes: Uint8Array<ArrayBuffer>;
  /** What the model says that it takes: −log p of it, nats. */
  nats: number;
}

/** Compresses groups of rows, one message for all, by the conditionals of each. */
export async function compressRows(
  groups: AsyncIterable<readonly [Conditionals, values: Uint8Array]>,
): Promise<Compressed> {
  const encoder = arithmeticEncoder();
  let nats = 0;
  for await (const [conditionals, values] of groups) {
    await walkThrough(conditionals, new Uint8Array(values.length), (at, table, probabilities) => {
      const symbol = values[at];
      nats -= Math.log(probabilities[symbol] / probabilities.reduce((a, b) => a + b, 0));
      encoder.put(intervalOf(table, symbol));
      return symbol;
    });
  }
  return { bytes: encoder.finish(), nats };
}

/** Restores the values [rows, places] of each group, by the same conditionals as they were written. */
export async function decompressRows(
  groups: AsyncIterable<Conditionals>,
  bytes: Uint8Array,
): Promise<Uint8Array[]> {
  const decoder = arithmeticDecoder(bytes);
  const restored: Uint8Array[] = [];
  for await (const conditionals of groups) {
    const values = new Uint8Array(conditionals.rows * conditionals.places);
    await walkThrough(conditionals, values, (_, table) => decoder.take(table));
    restored.push(values);
  }
  return restored;
}

/** Fills `values` place by place with what `code` gives. Writing and reading ask the model alike. */
async function walkThrough(
  { rows, places, at, has = () => true }: Conditionals,
  values: Uint8Array,
  code: (at: number, table: Table, probabilities: Float32Array) => number,
): Promise<void> {
  for (let place = 0; place < places; place++) {
    const all = await at(place, values);
    const levels = all.length / rows;
    for (let row = 0; row < rows; row++) {
      if (!has(row, place, values)) continue;
      const probabilities = all.subarray(row * levels, (row + 1) * levels);
      const index = row * places + place;
      values[index] = code(index, tableOf(probabilities), probabilities);
    }
  }
}
