import type { Kernel } from '../../engine/kernel.ts';

/** What a storage buffer holds. */
export type Words = Float32Array | Int32Array | Uint32Array;

/** One row of a contract's table: every variant of the folder must answer it. */
export interface Case {
  name: string;
  params: Record<string, number>;
  /** Inputs by binding name, and what an output holds beforehand where the kernel reads it. */
  buffers: Record<string, Words>;
  /** Workgroups to dispatch; `o` has the values of all overrides of this variant. */
  groups(kernel: Kernel, o: Record<string, number>): readonly number[];
  /** Overrides that differ from the defaults; a variant ignores those it doesn't have. */
  overrides?: Record<string, number> | ((kernel: Kernel) => Record<string, number>);
  /** False for a variant that this row is not meant for. Default: all. */
  applies?(kernel: Kernel): boolean;
  /** Outputs by binding name, from an independent float64 function. */
  expect: Record<string, ArrayLike<number>>;
  /** Largest |actual - expected| / max(1, |expected|). Default 1e-6; integers must be equal. */
  tolerance?: number;
  /** Lanes of a subgroup. Default: the override SIZE, else 32. */
  subgroup?: number;
}
