import {
  abs,
  clamp,
  greater,
  mul,
  type Shape,
  sign,
  sub,
  type Tensor,
  uniform,
  where,
} from '../../engine/index.ts';

/** Where chains live: the set that Z is the integral over. */
export interface Domain {
  /** Independent uniform draws of a shape [n, ...]. In a step. */
  start(shape: Shape): Tensor;
  /** Brings back what a move took outside. */
  inside(x: Tensor): Tensor;
}

/** The square [−side, side]², whose walls reflect. */
export const squareOf = (side: number): Domain => ({
  start: (shape) => mul(sub(uniform(shape), 0.5), 2 * side),
  inside(x) {
    const back = mul(sign(x), sub(2 * side, abs(x)));
    return clamp(where(greater(abs(x), side), back, x), -side, side);
  },
});

/** Pixels of 0..1, beyond which they are cut. */
export const pixels: Domain = { start: uniform, inside: (x) => clamp(x, 0, 1) };
