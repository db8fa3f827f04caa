import type { Roofs } from '../types.ts';

/** Up to this working set a cache may serve all of it. */
const CACHED_BYTES = 32 * 2 ** 20;

/** Milliseconds that the adapter needs at least to compute so much, and to move so much. */
export function leastMs(
  { flops, bytes }: { flops: number; bytes: number },
  roofs: Pick<Roofs, 'gflops' | 'gbps' | 'cached_gbps'>,
): { compute: number; memory: number } {
  const cached = bytes <= CACHED_BYTES ? roofs.cached_gbps : 0;
  return {
    compute: flops / (1e6 * roofs.gflops),
    memory: bytes / (1e6 * Math.max(roofs.gbps, cached)),
  };
}
