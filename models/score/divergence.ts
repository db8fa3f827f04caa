import {
  add,
  broadcastTo,
  cast,
  less,
  mul,
  sizeOf,
  sub,
  type Tensor,
  tensor,
  uniform,
  vjp,
} from '../../engine/index.ts';
import { sumOfRows } from '../rows.ts';

/** How the trace of a Jacobian is found: one backward pass for each dimension, or one in all. */
export type Divergence = 'exact' | 'hutchinson';

/**
 * vᵀ (∂y/∂x) v of each example, [B], for y [B, ...] made of x [B, ...] with each row on its own. Over v
 * with E vvᵀ = I its mean is the trace (M. F. Hutchinson 1990). Differentiable again. In a step.
 */
export function slicedDivergence(y: Tensor, x: Tensor, v: Tensor): Tensor {
  const [back] = vjp(y, [x], broadcastTo(v, y.shape));
  return sumOfRows(mul(back, v));
}

/** tr ∂y/∂x of each example likewise, [B]: one backward pass for each of its D dimensions. */
export function exactDivergence(y: Tensor, x: Tensor): Tensor {
  const shape = x.shape.slice(1);
  const size = sizeOf(shape);
  let trace: Tensor | null = null;
  for (let d = 0; d < size; d++) {
    const unit = tensor(
      Float32Array.from({ length: size }, (_, i) => (i === d ? 1 : 0)),
      shape,
    );
    const part = slicedDivergence(y, x, unit);
    trace = trace ? add(trace, part) : part;
  }
  return trace as Tensor;
}

/** −1 or 1, each with probability ½. In a step. */
export const rademacher = (shape: readonly number[]): Tensor =>
  sub(mul(cast(less(uniform(shape), 0.5), 'f32'), 2), 1);
