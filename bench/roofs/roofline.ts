import { kindOf } from '../problems/kinds.ts';
import type { Bound, Roofs, Row } from '../types.ts';
import { workOf } from '../work.ts';
import { leastMs } from './least.ts';

/** Timings are noisy: only what is this much above the roof can't be. */
const DOUBT = 1.15;

/** Milliseconds that the adapter needs at least for a row, by what limits it. */
function leastTimes(row: Row, roofs: Roofs): Record<Bound, number> {
  const { least, bytes } = workOf(row.problem);
  const { mode } = kindOf(row.problem);
  const waits = mode === 'latency' ? roofs.submit_us : 0;
  const launch = (row.dispatches * roofs.dispatch_us + waits) / 1e3;
  return { ...leastMs({ flops: least, bytes }, roofs), launch };
}

/** How near each row is to what the adapter can do, and what keeps it from being faster. */
export function withRoofs(rows: readonly Row[], roofs: Roofs): Row[] {
  return rows.map((row) => {
    if (row.failed || (row.gflops === null && row.gbps === null)) return row;
    const times = leastTimes(row, roofs);
    const [bound, least] = Object.entries(times).reduce((a, b) => (b[1] > a[1] ? b : a));
    return { ...row, bound: bound as Bound, roof: least / row.median_ms };
  });
}

/** Why a row can't be true: it computes or moves more than the adapter can. Null where it can. */
export function aboveRoof(row: Row, roofs: Roofs): string | null {
  if (row.failed) return null;
  const { compute, memory } = leastTimes(row, roofs);
  const over = Math.max(compute, memory) / row.median_ms;
  if (over <= DOUBT) return null;
  const what = compute > memory ? `${roofs.gflops.toFixed(1)} GFLOP/s` : 'the memory bandwidth';
  return `${over.toFixed(2)} times as fast as the roof allows (${what}): the work is not done, or the clock lies`;
}

/** The higher of two calibrations: a disturbed one only ever reads too low. */
export const higher = (a: Roofs, b: Roofs): Roofs => ({
  gflops: Math.max(a.gflops, b.gflops),
  gbps: Math.max(a.gbps, b.gbps),
  cached_gbps: Math.max(a.cached_gbps, b.cached_gbps),
  dispatch_us: Math.min(a.dispatch_us, b.dispatch_us),
  submit_us: Math.min(a.submit_us, b.submit_us),
  barrier_ns: Math.min(a.barrier_ns, b.barrier_ns),
});
