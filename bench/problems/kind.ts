import type { Mode } from '../measure.ts';
import type { Check, Inputs } from '../types.ts';
import type { Random } from './numbers.ts';

/** Judges what `read()` brought after each of the first `calls` calls, in float64. */
export interface Judge {
  calls: number;
  compare(reads: Float32Array[][]): Check;
}

/** All that the bench knows of one kind of problem: to add one, write this and a builder per contestant. */
export interface Kind<P> {
  mode: Mode;
  /** The sizes in one line. */
  shape(problem: P): string;
  /** Additions and multiplications that the mathematics needs; 0 where counting them says nothing. */
  flops(problem: P): number;
  /** Bytes of the inputs and the results, each moved once: what no kernel can avoid. */
  bytes(problem: P): number;
  /** The numbers every contestant starts from: hard ones, with outliers and cancellation. */
  inputs(problem: P, random: Random): Inputs;
  judge(problem: P, inputs: Inputs): Judge;
}
