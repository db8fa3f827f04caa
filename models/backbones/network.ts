import { broadcastTo, type Tensor, tensor } from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';

/**
 * A network of data at a time, run with weights of its form: those that are trained, or their running
 * average.
 */
export interface TimeNetwork<W = Tree> {
  readonly weights: W;
  /** Classes that it can be told; 0 where it takes none. */
  readonly classes: number;
  /**
   * x [B, ...] at times t [B] of 0..1, of classes [B] u32 or, for null, of none: [B, ...], whose last
   * size the network decides.
   */
  run(weights: W, x: Tensor, t: Tensor, classes?: Tensor | null): Tensor;
  /** What it makes of x inside, without classes: [B, F]. */
  features(weights: W, x: Tensor, t: Tensor): Tensor;
}

/** The classes [B] that a network of K classes is told: those given, or K, which stands for none. */
export const toldClasses = (given: Tensor | null | undefined, K: number, batch: number): Tensor =>
  given ?? broadcastTo(tensor([K], [1], 'u32'), [batch]);
