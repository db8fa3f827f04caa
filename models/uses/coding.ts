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
  /** Whether a row has a symbol at a place, given those before it. */
  has(row: number, place: number, values: Uint8Array): boolean;
  dispose(): void;
}

/** A message, and what the model says that it takes: −log p of it, nats. */
export interface Compressed {
  bytes: Uint8Array<ArrayBuffer>;
  nats: number;
}

/** Compresses rows group by group, as `open` says what the model says of each group. */
export async function compressRows(
  groups: readonly (readonly Uint8Array[])[],
  open: (group: number) => Conditionals,
): Promise<Compressed> {
  const encoder = arithmeticEncoder();
  let nats = 0;
  for (const [group, rows] of groups.entries()) {
    await walkThrough(open(group), (row, place, table, probabilities) => {
      const symbol = rows[row][place];
      nats -= Math.log(probabilities[symbol] / probabilities.reduce((a, b) => a + b, 0));
      encoder.put(intervalOf(table, symbol));
      return symbol;
    });
  }
  return { bytes: encoder.finish(), nats };
}

/** Restores the rows, all [places] long, from the bytes of compressRows. */
export async function decompressRows(
  groups: number,
  open: (group: number) => Conditionals,
  bytes: Uint8Array,
): Promise<Uint8Array[]> {
  const decoder = arithmeticDecoder(bytes);
  const restored: Uint8Array[] = [];
  for (let group = 0; group < groups; group++) {
    const rows = await walkThrough(open(group), (_, __, table) => decoder.take(table));
    restored.push(...rows);
  }
  return restored;
}

/** Fills rows place by place with what `code` gives. Writing and reading ask the model alike. */
async function walkThrough(
  conditionals: Conditionals,
  code: (row: number, place: number, table: Table, probabilities: Float32Array) => number,
): Promise<Uint8Array[]> {
  const { rows, places } = conditionals;
  const values = new Uint8Array(rows * places);
  for (let place = 0; place < places; place++) {
    const all = await conditionals.at(place, values);
    const levels = all.length / rows;
    for (let row = 0; row < rows; row++) {
      if (!conditionals.has(row, place, values)) continue;
      const probabilities = all.subarray(row * levels, (row + 1) * levels);
      values[row * places + place] = code(row, place, tableOf(probabilities), probabilities);
    }
  }
  conditionals.dispose();
  return Array.from({ length: rows }, (_, row) => values.slice(row * places, (row + 1) * places));
}
