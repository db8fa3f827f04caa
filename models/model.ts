import type { Optimiser } from '../engine/optim.ts';
import type { Tensor } from '../engine/tensor.ts';
import type { Tree } from '../engine/tree.ts';

/** What commands and pages need of a model, whatever its family. */
export interface Model {
  /** Parameters and averages: what training changes, but for the optimisers' own state. */
  readonly variables: Tree;
  /** Its optimisers by name. */
  readonly optimisers: Readonly<Record<string, Optimiser>>;
  /** Rows of data that one step takes. */
  readonly rows: number;
  /** Training step number `i`, from 0, on data [rows, ...]: losses by name. Inside gpu.step. */
  step(x: Tensor, i: number): Record<string, Tensor>;
  /** n samples, [n, ...]. Inside gpu.step or lazily. */
  sample(n: number): Tensor;
}
