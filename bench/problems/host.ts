import type { Check } from '../types.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';

/** JS alone: `ops` small ops recorded, planned from cache and encoded. */
export interface Host {
  kind: 'host';
  ops: number;
  mix: 'pointwise' | 'mixed';
}

export const host: Kind<Host> = {
  mode: 'host',
  shape: ({ ops }) => `${ops} ops`,
  flops: () => 0,
  bytes: () => 0,
  inputs: (_, random) => ({
    x: uniform(64, 1, random),
    w: uniform(64, 0.3, random),
    b: uniform(8, 1, random),
  }),
  judge: () => ({
    calls: 2,
    compare(reads): Check {
      const ok = reads.every(([y]) => y.every(Number.isFinite));
      return { ok, error: ok ? 0 : Number.NaN, tolerance: 0 };
    },
  }),
};
