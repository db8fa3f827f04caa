import type { Dispatch } from '../protocol.ts';

/** Ops with a lane of their own; the others share the last one. */
const LANES = 10;

/** A dispatch in a time line: when it began, how long it took, and which lane it has. */
export interface Bar {
  from: number;
  ms: number;
  lane: number;
}

/** A step laid out as a time line, times in ms. */
export interface Timeline {
  /** By dispatch. */
  bars: readonly Bar[];
  /** Those that take longest first. */
  lanes: readonly { op: string; ms: number }[];
  /** How long the step takes, NaN where the adapter tells no times. */
  total: number;
}

/** Gives each dispatch of a step its place in a time line. */
export function timelineOf(dispatches: readonly Dispatch[]): Timeline {
  const times = new Map<string, number>();
  for (const { op, ms } of dispatches) times.set(op, (times.get(op) ?? 0) + ms);
  const ops = [...times].map(([op, ms]) => ({ op, ms })).sort((a, b) => b.ms - a.ms);
  const own = ops.length > LANES ? ops.slice(0, LANES - 1) : ops;
  const rest = ops.slice(own.length);
  const shared = { op: `${rest.length} others`, ms: rest.reduce((sum, { ms }) => sum + ms, 0) };
  let total = 0;
  const bars = dispatches.map(({ op, ms }) => {
    const lane = own.findIndex((one) => one.op === op);
    const bar = { from: total, ms, lane: lane < 0 ? own.length : lane };
    total += ms;
    return bar;
  });
  return { bars, lanes: rest.length ? [...own, shared] : own, total };
}
