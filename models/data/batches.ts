import { randomStream } from './random.ts';

/** Where a shuffled walk over a data set stands; plain numbers, so that a checkpoint can keep it. */
export interface Cursor {
  epoch: number;
  /** Rows of this epoch already given out. */
  row: number;
}

/** A shuffled walk over a data set. */
export interface Batches {
  /** The next row indices, [size] u32: without replacement within an epoch, the rest is dropped. */
  next(): Uint32Array<ArrayBuffer>;
  /** The walk's position; assigning it continues from there with the same batches. */
  cursor: Cursor;
}

/**
 * Shuffled batches of the indices 0..count-1. Epoch e is the Fisher-Yates shuffle with the random
 * stream (seed, e), done as far as it is needed: the same seed and cursor give the same batches.
 * Throws for a batch larger than the set.
 */
export function batches(count: number, size: number, seed: number): Batches {
  if (!(Number.isInteger(size) && size >= 1 && size <= count)) {
    throw new Error(
      `batches: size: expected 1 to ${count}, the rows of the set, got ${size}. Choose --batch.`,
    );
  }
  let cursor: Cursor = { epoch: 0, row: 0 };
  let order = shuffle(count, seed, 0);
  return {
    get cursor() {
      return { ...cursor };
    },
    set cursor(at: Cursor) {
      if (at.epoch !== cursor.epoch) order = shuffle(count, seed, at.epoch);
      cursor = { ...at };
    },
    next() {
      if (cursor.row + size > count) {
        cursor = { epoch: cursor.epoch + 1, row: 0 };
        order = shuffle(count, seed, cursor.epoch);
      }
      const rows = order(cursor.row, cursor.row + size);
      cursor.row += size;
      return rows;
    },
  };
}

/** What gives the places from `start` to `end` of a shuffle of 0..count-1. */
function shuffle(count: number, seed: number, epoch: number) {
  const random = randomStream(seed, epoch);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let settled = 0;
  return (start: number, end: number): Uint32Array<ArrayBuffer> => {
    for (; settled < end; settled++) {
      const other = settled + Math.floor(random.uniform() * (count - settled));
      const swap = order[settled];
      order[settled] = order[other];
      order[other] = swap;
    }
    return order.slice(start, end);
  };
}
