import { add, type Arg, clamp, mul, sub, type Tensor } from '../../engine/index.ts';

/** What the network sees of data, and data of what it makes. */
export interface Units {
  into(x: Arg): Tensor;
  outOf(x: Tensor): Tensor;
  /** log of the factor that each number is divided by. */
  readonly logScale: number;
  /** Half the width of a pixel's bin, null for points of a continuum. */
  readonly bin: number | null;
}

/** Points divided by `scale`. */
export const pointUnits = (scale: number): Units => ({
  into: (x) => mul(x, 1 / scale),
  outOf: (x) => mul(x, scale),
  logScale: Math.log(scale),
  bin: null,
});

/** Pixels 0..1 in steps of 1 / `white` as −1..1. */
export const pixelUnits = (white: number): Units => ({
  into: (x) => sub(mul(x, 2), 1),
  outOf: (x) => clamp(mul(add(x, 1), 0.5), 0, 1),
  logScale: 0, // a pixel's probability has no unit
  bin: 1 / white,
});
