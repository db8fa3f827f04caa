import type { Stored, Tensor, Walk } from '../../engine/index.ts';
import type { Post, StoredFacts } from '../protocol.ts';

/** Rows and columns of a picture, at most. */
const SIDE = 64;

/** A training step that goes on dispatch by dispatch, as a person asks for it. */
export interface Stroll {
  /** Runs the next dispatch, or all that are left of its op, and tells what it stored. True when the step is done. */
  next(by: 'dispatch' | 'op'): Promise<boolean>;
  /** Runs all that is left. */
  finish(): Promise<void>;
}

/** Starts to go through a walk; `over` is told its losses when all dispatches have run. */
export function startStroll(
  walk: Walk<Record<string, Tensor>>,
  post: Post,
  over: (losses: Record<string, Tensor>) => Promise<void>,
): Stroll {
  const { events, ops, result } = walk;
  const end = async () => {
    const ended = walk.done === events.length;
    if (ended) await over(result);
    return ended;
  };
  return {
    async next(by) {
      let stored: Stored[];
      do {
        stored = await walk.next();
      } while (by === 'op' && ops[walk.done] === ops[walk.done - 1]);
      const visited = { index: walk.done - 1, of: events.length, stored: stored.map(factsOf) };
      post({ kind: 'visited', visited });
      return end();
    },
    async finish() {
      walk.finish();
      post({ kind: 'visited', visited: null });
      await end();
    },
  };
}

/** A result in numbers, with a picture of its first rows and columns. */
export function factsOf({ shape, dtype, values }: Stored): StoredFacts {
  let [least, most, sum, nonFinite] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) {
      nonFinite++;
      continue;
    }
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  const width = shape.at(-1) || 1;
  const columns = Math.min(SIDE, width);
  const rows = Math.min(SIDE, Math.ceil(values.length / width));
  const picture = Float32Array.from(
    { length: rows * columns },
    (_, i) => values[Math.floor(i / columns) * width + (i % columns)] ?? Number.NaN,
  );
  const mean = sum / (values.length - nonFinite);
  return { shape, dtype, least, mean, most, nonFinite, rows, columns, picture };
}
