import type { Form } from './form.ts';

/** Training and test data. */
export interface Split<T> {
  readonly train: T;
  readonly test: T;
}

/** Examples of equal size, as bytes. */
export interface Rows {
  count: number;
  /** [count, size], row-major: pixels, or tokens. */
  values: Uint8Array;
  /** The class of each row, [count]; null where there are none. */
  labels: Uint8Array | null;
}

/** Images or short texts of equal size. */
export interface RowSet extends Split<Rows> {
  readonly name: string;
  readonly form: Form & { kind: 'images' | 'tokens' };
  /** [height, width, channels] or [T]. */
  readonly shape: readonly number[];
  /** The largest value of a pixel or token. */
  readonly white: number;
  /** Names of the classes. */
  readonly classes: readonly string[];
}

/** Long texts or recordings, of which an example is a window. */
export interface SeriesSet extends Split<readonly Uint8Array[]> {
  readonly name: string;
  readonly form: Form & { kind: 'tokens' | 'audio' };
  /** The largest value of a symbol or sample. */
  readonly white: number;
  /** Values in a window unless another length is asked for. */
  readonly length: number;
}

/** A distribution of the plane: round Gaussians of equal weight, or points as they are. */
export interface PointSet {
  readonly name: string;
  readonly form: Form & { kind: 'points' };
  /** Their centres, [n, 2] row-major. */
  readonly centres: Float32Array<ArrayBuffer>;
  /** Their standard deviation, 0 for points as they are. */
  readonly spread: number;
}

/** Rows of [count, size] values as training and test rows, each in their order. */
export function splitRows(
  values: Uint8Array,
  labels: Uint8Array | null,
  size: number,
  isTest: (row: number) => boolean,
): Split<Rows> {
  const pick = (wanted: (row: number) => boolean): Rows => {
    const rows = Array.from({ length: values.length / size }, (_, i) => i).filter(wanted);
    const picked = new Uint8Array(rows.length * size);
    rows.forEach((row, i) => {
      picked.set(values.subarray(row * size, (row + 1) * size), i * size);
    });
    return {
      count: rows.length,
      values: picked,
      labels: labels?.filter((_, i) => wanted(i)) ?? null,
    };
  };
  return { train: pick((row) => !isTest(row)), test: pick(isTest) };
}

/**
 * The rows of a file that git holds: `count` times `size` values and a label, a byte each. Throws, with
 * the file's name, for one of another length.
 */
export function labelledRows(
  file: Uint8Array,
  name: string,
  [count, size]: readonly [count: number, size: number],
  isTest: (row: number) => boolean,
): Split<Rows> {
  const expected = count * (size + 1);
  if (file.length !== expected) {
    throw new Error(`${name}: expected ${expected} bytes, got ${file.length}. Check it out again.`);
  }
  const values = file.filter((_, i) => i % (size + 1) !== size);
  const labels = file.filter((_, i) => i % (size + 1) === size);
  return splitRows(values, labels, size, isTest);
}
