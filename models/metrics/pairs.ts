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
    const row = rows.subarray(start, start + size);
    if (!row.every(Number.isFinite)) continue;
    for (let i = 0; i < size; i++) mean[i] += row[i];
    n++;
  }
  return mean.map((sum) => sum / n);
}

/**
 * Puts rows of `size` numbers on the GPU less `centre`, which should be near their mean: float32 loses
 * |x|² + |y|² − 2 x·y of rows that lie far from 0 and near each other. Rows with NaN or infinity are put
 * far away.
 */
export function place(rows: Rows, size: number, centre: Float64Array): Placed {
  const n = rows.length / size;
  const moved = Float32Array.from(rows, (v, i) => v - centre[i % size]);
  const squares = new Float32Array(n);
  for (let r = 0; r < n; r++) {
    const row = moved.subarray(r * size, (r + 1) * size);
    if (!row.every(Number.isFinite)) row.fill(AWAY);
    squares[r] = row.reduce((sum, v) => sum + v * v, 0);
  }
  const [onGpu, lengths] = [variable(moved, [n, size]), variable(squares)];
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
