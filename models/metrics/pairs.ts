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

/** Pairs that a step looks at together, about. */
const PAIRS = 2 ** 22;
/** Where a row goes that holds something else than numbers: far from everything. */
const AWAY = 1e15;

/** Rows on the GPU, moved by what both sides of a comparison are moved by. */
export interface Placed {
  /** [n, size] */
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

/** Rows from `start` to `end` less a row, as float32. */
export function moved(rows: Rows, row: Float64Array, start = 0, end = rows.length) {
  const result = new Float32Array(end - start);
  const size = row.length;
  for (let at = 0; at < result.length; at += size) {
    for (let i = 0; i < size; i++) result[at + i] = rows[start + at + i] - row[i];
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
  const near = moved(rows, centre);
  const squares = new Float32Array(n);
  for (let r = 0; r < n; r++) {
    const start = r * size;
    if (!isWhole(near, start, size)) near.fill(AWAY, start, start + size);
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += near[i] * near[i];
    squares[r] = sum;
  }
  const [onGpu, lengths] = [variable(near, [n, size]), variable(squares)];
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

/** A block of b rows beside all m others. */
export interface Block {
  /** Numbers of the rows, [b] u32. */
  readonly rows: Tensor;
  /** Squared distances, [b, m]. */
  readonly squared: Tensor;
  /** Inner products of the moved rows, [b, m]. */
  readonly products: Tensor;
  /** By how much a squared distance may be off, [b, m]. */
  readonly slack: Tensor;
}

/**
 * Looks at all pairs of a row of x and one of y, blocks of rows of x at a time on the GPU: `of` makes
 * tensors of a block, `use` gets their values, in order.
 *
 * A squared distance is off by at most (4 + √size) 2⁻²⁴ (|x|² + |y|²) of the moved rows, in practice: the
 * rounding errors of an inner product add up like a random walk (test/metrics.test.ts measures them).
 */
export async function byBlocks<K extends string>(
  x: Placed,
  y: Placed,
  of: (block: Block) => Record<K, Tensor>,
  use: (values: Record<K, TypedArray>, start: number) => void,
): Promise<void> {
  const unit = (4 + Math.sqrt(x.size)) * 2 ** -24;
  const step = currentGpu().step((rows: Tensor) => {
    const lengths = add(reshape(gather(x.squares, rows), [rows.size, 1]), y.squares); // [b, m]
    const products = matmul(gather(x.rows, rows), y.rows, { tb: true });
    const squared = maximum(sub(lengths, mul(products, 2)), 0);
    return of({ rows, squared, products, slack: mul(lengths, unit) });
  });
  let start = 0;
  for (const rows of chunks(x.n, Math.max(1, Math.floor(PAIRS / y.n)))) {
    const results = Object.entries<Tensor>(step(tensor(rows)));
    const values = results.map(async ([name, t]) => [name, await t.data()] as const);
    use(Object.fromEntries(await Promise.all(values)) as Record<K, TypedArray>, start);
    start += rows.length;
  }
  step.dispose();
}
