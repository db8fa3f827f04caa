import type { Encoded, Plan } from './bind.ts';
import { encodeCopies, submitOne, upload } from './execute.ts';
import type { Gpu } from './gpu.ts';
import { observe } from './step.ts';
import type { Shape, TypedArray } from './tensor.ts';
import { eventOf, type ProfileEvent } from './trace.ts';

/** Numbers of a result that are read, at most. */
const MOST = 2 ** 20;

/** What a dispatch stored. */
export interface Stored {
  readonly shape: Shape;
  readonly dtype: string;
  /** The first of its numbers, as many as are read. */
  readonly values: TypedArray;
}

/** Steps that run one dispatch after another, each when it is asked for. */
export interface Walk<T> {
  /** What the steps return; its tensors have their values when all dispatches have run. */
  readonly result: T;
  /** All dispatches, without times. */
  readonly events: readonly ProfileEvent[];
  /** For each dispatch the number of the recorded op that it belongs to. */
  readonly ops: readonly number[];
  /** How many have run. */
  readonly done: number;
  /** Runs the next dispatch, and reads what it stored. Throws when all have run. */
  next(): Promise<Stored[]>;
  /** Runs all that are left. */
  finish(): void;
}

/**
 * Runs `fn`, but of the steps that it calls not the dispatches: these run when the walk is told. Until they all
 * have, nothing else may run on the engine, whose buffers the steps share.
 */
export function walk<T>(gpu: Gpu, fn: () => T): Walk<T> {
  const plans: Plan[] = [];
  const result = observe((_, plan, graph) => {
    upload(gpu, plan, graph);
    plans.push(plan);
  }, fn);
  const all = plans.flatMap(({ encoded }) => encoded);
  const ends = plans.map((_, i) => plans.slice(0, i + 1).flatMap((p) => p.encoded).length);
  let done = 0;

  const run = (): Encoded => {
    const dispatch = all[done++];
    submitOne(gpu, dispatch);
    plans.forEach((plan, i) => {
      if (ends[i] !== done) return;
      const encoder = gpu.device.createCommandEncoder({ label: 'copies' });
      encodeCopies(encoder, plan);
      gpu.device.queue.submit([encoder.finish()]);
    });
    return dispatch;
  };

  return {
    result,
    events: all.map((dispatch) => eventOf(dispatch, Number.NaN)),
    ops: all.map(({ node }) => node),
    get done() {
      return done;
    },
    async next() {
      gpu.check();
      const { writes } = run();
      const reads = writes.map(async ({ memory, offset, size, dtype, shape }) => {
        const values = await gpu.read(memory, offset, Math.min(size, MOST), dtype);
        return { shape, dtype, values };
      });
      return Promise.all(reads);
    },
    finish() {
      gpu.check();
      while (done < all.length) run();
    },
  };
}
