import { reshape, sum, type Tensor } from '../engine/index.ts';

/** Sums of all that belongs to a row: [B, ...] → [B]. */
export function sumOfRows(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.slice(1).map((_, i) => i + 1),
  );
}

/** A number of each row, [B], in a shape that broadcasts over x [B, ...]. */
export const perRow = (v: Tensor, x: Tensor): Tensor =>
  reshape(v, [-1, ...x.shape.slice(1).map(() => 1)]);
