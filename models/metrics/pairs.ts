import {
  add,
  currentGpu,
  gather,
  matmul,
  maximum,
  mul,
  reshape,
  sub,
  type Tensor,
  tensor,
  type TypedArray,
  type Variable,
  variable,
} from '../../engine/index.ts';
import { chunks } from '../chunks.ts';
import type { Rows } from './distance.ts';

/** Pairs of a table that a step looks at. */
const TABLE = 2 ** 22;
/** Pairs of which a step keeps a sixteenth of a float, and products that it may take for them. */
const [PAIRS, PRODUCTS] = [2 ** 28, 2 ** 33];
/** Where a row goes that holds something else than numbers: far from everything. */
const AWAY = 1e15;

/** Rows on the GPU, moved by what both sides of a comparison are moved by. */
export interface Placed {
  /** [n, size, with zeros up to a multiple of 4] */
  readonly rows: Variable;
  /** Squared length of each moved row, [n]. */
  readonly squares: Variable;
  readonly n: number;
  readonly size: number;
  dispose(): void;
}

/** The mean of those rows of `size` numbers that hold numbers only, in float64. */
export function meanRow(rows: Rows, size: number): Float64Array {
  const mean = new Float64Array(size);
  let n = 0;
  for (let start = 0; start < rows.length; start += size) {
    if (!isWhole(rows, start, size)) continue;
    for (let i = 0; i < size; i++) mean[i] += rows[start + i];
    n++;
  }
  return mean.map((sum) => sum / n);
}

/** Whether a row holds numbers only. */
function isWhole(rows: Rows, start: number, size: number): boolean {
  for (let i = start; i < start + size; i++) if (!Number.isFinite(rows[i])) return false;
  return true;
}

/** Rows less a row, as float32, each followed by zeros up to `wide` numbers. */
export function moved(rows: Rows, row: Float64Array, wide = row.length): Float32Array<ArrayBuffer> {
  const size = row.length;
  const n = rows.length / size;
  const result = new Float32Array(n * wide);
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < size; i++) result[r * wide + i] = rows[r * size + i] - row[i];
  }
  return result;
}

/**
 * Puts rows of `size` numbers on the GPU less `centre`, which should be near their mean: float32 loses
 * |x|² + |y|² − 2 x·y of rows that lie far from 0 and near each other. Rows with NaN or infinity are put
 * far away.
 */
export function place(rows: Rows, size: number, centre: Float64Array): Placed {
  const n = rows.length / size;
  const wide = 4 * Math.ceil(size / 4);
  const near = moved(rows, centre, wide);
  const squares = new Float32Array(n);
  for (let r = 0; r < n; r++) {
    const start = r * wide;
    if (!isWhole(near, start, size)) near.fill(AWAY, start, start + size);
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += near[i] * near[i];
    squares[r] = sum;
  }
  const [onGpu, lengths] = [variable(near, [n, wide]), variable(squares)];
  return {
    rows: onGpu,
    squares: lengths,
    n,
    size,
    dispose() {
      onGpu.dispose();
      lengths.dispose();
    },
  };
}

/**
 * By how much a squared distance may be off, over |x|² + |y|² of the moved rows, in practice: the rounding
 * errors of an inner product add up like a random walk (test/metrics.test.ts measures them).
 */
export const slackOf = (size: number): number => (4 + Math.sqrt(size)) * 2 ** -24;

/** Some rows of a side. */
export interface Part {
  /** Their numbers, [b] u32. */
  readonly at: Tensor;
  readonly rows: Tensor | Variable;
  readonly squares: Tensor | Variable;
}

/**
 * Looks at the rows of x on the GPU, at most `most` at a time: `of` makes tensors of a part, `use` gets
 * their values, in order. Where all go at once they are the variables of x.
 */
export async function byParts<K extends string>(
  x: Placed,
  most: number,
  of: (part: Part) => Record<K, Tensor>,
  use: (values: Record<K, TypedArray>, start: number) => void,
): Promise<void> {
  const { rows, squares, n } = x;
  const step = currentGpu().step((at: Tensor) =>
    of(
      n <= most
        ? { at, rows, squares }
        : { at, rows: gather(rows, at), squares: gather(squares, at) },
    ),
  );
  let start = 0;
  for (const at of chunks(n, Math.max(1, Math.floor(most)))) {
    const results = Object.entries<Tensor>(step(tensor(at)));
    const values = results.map(async ([name, t]) => [name, await t.data()] as const);
    use(Object.fromEntries(await Promise.all(values)) as Record<K, TypedArray>, start);
    start += at.length;
  }
  step.dispose();
}

/** Rows of x that may be held against all of y in one dispatch that keeps little of each pair. */
export const rowsBeside = ({ rows, n }: Placed): number =>
  Math.min(PAIRS, PRODUCTS / rows.shape[1]) / n;

/** A block of b rows beside all m others. */
export interface Block {
  /** Numbers of the rows, [b] u32. */
  readonly at: Tensor;
  /** Squared distances, [b, m]. */
  readonly squared: Tensor;
  /** Inner products of the moved rows, [b, m]. */
  readonly products: Tensor;
  /** By how much a squared distance may be off, [b, m]. */
  readonly slack: Tensor;
}

/** Looks at all pairs of a row of x and one of y as tables, blocks of rows of x at a time, as `byParts`. */
export function byBlocks<K extends string>(
  x: Placed,
  y: Placed,
  of: (block: Block) => Record<K, Tensor>,
  use: (values: Record<K, TypedArray>, start: number) => void,
): Promise<void> {
  const look = ({ at, rows, squares }: Part) => {
    const lengths = add(reshape(squares, [at.size, 1]), y.squares); // [b, m]
    const products = matmul(rows, y.rows, { tb: true });
    const squared = maximum(sub(lengths, mul(products, 2)), 0);
    return of({ at, squared, products, slack: mul(lengths, slackOf(x.size)) });
  };
  return byParts(x, TABLE / y.n, look, use);
}
