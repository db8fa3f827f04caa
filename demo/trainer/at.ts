import type { Keeping, Snapshot } from './keeping.ts';
import type { Live } from './live.ts';
import type { Stroll } from './stroll.ts';
import type { Telling } from './telling.ts';

/** A run being trained, and where it can go back to. */
export interface At {
  live: Live;
  telling: Telling;
  keeping: Keeping;
  start: Snapshot;
  last: Snapshot;
  /** When the last snapshot and the last samples were taken, and how long they took, ms. */
  saved: { at: number; cost: number };
  sampled: { at: number; cost: number };
  /** Whether the page has seen the dispatches of a step. */
  profiled: boolean;
  /** The step that goes on dispatch by dispatch. */
  stroll: Stroll | null;
  /** When the next step may begin while playing slowly, ms. */
  due: number;
}

/** Draws samples and tells of them; ends early, without an error, when `wish.drawing` says so. */
export async function showSamples(
  at: At,
  wish: { drawing: AbortController },
  keep: boolean,
): Promise<void> {
  const started = performance.now();
  wish.drawing = new AbortController();
  const { signal } = wish.drawing;
  try {
    await at.telling.samples(keep, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const ended = performance.now();
  at.sampled = { at: ended, cost: ended - started };
}

/** Remembers where the run stands. */
export async function takeSnapshot(at: At): Promise<void> {
  await at.telling.drain(); // what is told lies before the snapshot, so nothing is told in part
  const started = performance.now();
  at.last = { step: at.live.training.done, file: await at.live.training.save() };
  const ended = performance.now();
  at.saved = { at: ended, cost: ended - started };
}
