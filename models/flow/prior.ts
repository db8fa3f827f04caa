import {
  add,
  log,
  log1p,
  mul,
  neg,
  normal,
  type Shape,
  softplus,
  square,
  sub,
  type Tensor,
  uniform,
} from '../../engine/index.ts';
import { sumOfRows } from '../rows.ts';

/** The law of the noise that data are mapped to, the same for all dimensions. */
export interface Prior {
  /** log p(z) of each row: [B, ...] → [B], nats. */
  logDensity(z: Tensor): Tensor;
  draw(shape: Shape): Tensor;
}

/** N(0, I). */
export const gaussian: Prior = {
  logDensity: (z) => mul(sumOfRows(add(square(z), Math.log(2 * Math.PI))), -0.5),
  draw: (shape) => normal(shape),
};

/** Independent logistic distributions of mean 0 and scale 1. */
export const logistic: Prior = {
  logDensity: (z) => neg(sumOfRows(add(softplus(z), softplus(neg(z))))),
  draw(shape) {
    const u = add(uniform(shape), 2 ** -25); // between the multiples of 2⁻²⁴, so never 0 or 1
    return sub(log(u), log1p(neg(u)));
  },
};
