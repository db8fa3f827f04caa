import type { ProfileEvent } from '../engine/index.ts';
import { three } from './report/columns.ts';
import { median } from './statistics.ts';
import type { Part, Work } from './types.ts';

const CALLS = 9;

/**
 * Where the time of one call goes: each dispatch between two timestamps, in a pass of its own.
 * @returns the kernels of a call, the dearest first; none where a library can't tell
 */
export async function profileOf(work: Work): Promise<Part[]> {
  const calls: ProfileEvent[][] = [];
  while (work.profile && calls.length < CALLS) calls.push(await work.profile());
  return partsOf(calls);
}

/** The dispatches of several calls that are alike: medians over the calls, equal ones together. */
export function partsOf(calls: readonly (readonly ProfileEvent[])[]): Part[] {
  const parts = new Map<string, Part>();
  calls[0]?.forEach(({ op, kernel, shapes }, i) => {
    const key = [op, kernel, shapes].join(' ');
    const part = parts.get(key) ?? { op, kernel, shapes, dispatches: 0, ms: 0 };
    part.dispatches++;
    part.ms += median(calls.map((events) => events[i].ms));
    parts.set(key, part);
  });
  return [...parts.values()].sort((a, b) => b.ms - a.ms);
}

/** What a row's profile says, a line for each kernel. */
export function profileLines(name: string, parts: readonly Part[]): string[] {
  const whole = parts.reduce((ms, part) => ms + part.ms, 0);
  return parts.map(({ op, kernel, shapes, dispatches, ms }) => {
    const share = `${((100 * ms) / whole).toFixed(1)} %`;
    return `${name}: ${share}, ${three(ms)} ms in ${dispatches} of ${kernel}, ${op} ${shapes}`;
  });
}
