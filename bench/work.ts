import { kindOf } from './problems/kinds.ts';
import type { Problem } from './types.ts';

/** What a problem amounts to, whoever solves it. */
export interface Amount {
  /** Additions and multiplications that the mathematics needs; 0 where counting them says nothing. */
  flops: number;
  /** Bytes of the inputs and the results, each moved once: what no kernel can avoid. */
  bytes: number;
  /** The sizes in one line. */
  shape: string;
}

/** The amount of work of one call. */
export function workOf(problem: Problem): Amount {
  const kind = kindOf(problem);
  return { flops: kind.flops(problem), bytes: kind.bytes(problem), shape: kind.shape(problem) };
}
