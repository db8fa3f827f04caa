import { kindOf } from './problems/kinds.ts';
import type { Problem } from './types.ts';

/** What a problem amounts to, whoever solves it. */
export interface Amount {
  /** Additions and multiplications of the textbook formula; 0 where counting them says nothing. */
  flops: number;
  /** Those that the best known algorithm still needs. */
  least: number;
  /** Bytes of the inputs and the results, each moved once: what no kernel can avoid. */
  bytes: number;
  /** The sizes in one line. */
  shape: string;
}

/** Winograd's F(2x2, 3x3) needs 16 products where the formula has 36. */
const WINOGRAD = 16 / 36;

/** The amount of work of one call. */
export function workOf(problem: Problem): Amount {
  const kind = kindOf(problem);
  const flops = kind.flops(problem);
  const saved = 'size' in problem && problem.size === 3 ? WINOGRAD : 1;
  return { flops, least: flops * saved, bytes: kind.bytes(problem), shape: kind.shape(problem) };
}
