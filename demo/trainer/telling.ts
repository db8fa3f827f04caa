import type { Tensor } from '../../engine/index.ts';
import type { Post, Values } from '../protocol.ts';
import type { Live } from './live.ts';
import { profileOf } from './profile.ts';
import { startStroll, type Stroll } from './stroll.ts';

/** Runs steps and tells the page of them in order, without waiting for each. */
export interface Telling {
  /** Runs a step. Throws when a loss of an earlier one is not finite. */
  step(): Promise<void>;
  /** Runs a step and tells of its dispatches and their times. */
  profile(): Promise<void>;
  /** Begins a step whose dispatches run when the stroll is told; tells which they are. */
  stroll(): Promise<Stroll>;
  /**
   * Tells of samples of the model as it is now and, when they take long, of how they come to be. Throws
   * when the signal says so.
   */
  samples(keep: boolean, signal: AbortSignal): Promise<void>;
  /** Resolves when everything so far has been told. */
  drain(): Promise<void>;
}

/** Steps whose losses may be on their way: the GPU never waits for the page, nor runs far ahead. */
const DEPTH = 2;
const POST_MS = 100;
/** How often a long draw is shown on its way, and passes between looks at the time. */
const [FRAME_MS, LOOK] = [500, 4];

/** Starts to tell of a run. */
export function startTelling(live: Live, post: Post): Telling {
  const { training } = live;
  const { gpu } = training;
  let pending: { names: string[]; values: Promise<number[]> }[] = [];
  let rows: number[][] = [];
  let told = training.done;
  let posted = 0;

  const flush = (names: string[]) => {
    if (!rows.length) return;
    post({ kind: 'losses', from: told, names, rows, bytes: gpu.memory().live });
    told += rows.length;
    rows = [];
    posted = performance.now();
  };

  const take = async () => {
    const { names, values } = pending.shift()!;
    const row = await values;
    checkFinite(names, row, told + rows.length + 1);
    rows.push(row);
    if (!pending.length || performance.now() - posted > POST_MS) flush(names);
  };

  const enqueue = (losses: Record<string, Tensor>) => {
    if (!pending.length && !rows.length) told = training.done - 1; // also after going back
    const values = Promise.all(Object.values(losses).map((loss) => loss.item()));
    values.catch(() => {}); // whoever awaits it deals with it
    pending.push({ names: Object.keys(losses), values });
  };

  const drain = async () => {
    try {
      while (pending.length) await take();
    } finally {
      pending = [];
      rows = [];
    }
  };

  return {
    async step() {
      enqueue(training.advance());
      if (pending.length > DEPTH) await take();
    },

    async profile() {
      await drain();
      const { result, events } = await gpu.profile(() => {
        const losses = training.advance();
        enqueue(losses);
        return training.done;
      });
      post({ kind: 'profile', profile: profileOf(result, events) });
      await drain();
    },

    async stroll() {
      await drain();
      const walk = gpu.walk(() => training.advance());
      post({ kind: 'profile', profile: profileOf(training.done, walk.events) });
      return startStroll(walk, post, async (losses) => {
        enqueue(losses);
        await drain();
      });
    },

    async samples(keep, signal) {
      const step = training.done;
      const tell = async (values: Values, keep: boolean) => {
        await drain();
        post({ kind: 'samples', samples: { step, values, keep } }, [values.buffer]);
      };
      let told = performance.now();
      const seen = async (_: number, now: () => Tensor) => {
        if (performance.now() - told < FRAME_MS) return;
        await tell((await now().data()) as Values, false);
        told = performance.now();
      };
      await tell(await live.sample({ every: LOOK, seen, signal }), keep);
    },

    drain,
  };
}

function checkFinite(names: string[], row: number[], step: number): void {
  const bad = row.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new Error(
    `${names[bad]} is ${row[bad]} at step ${step}: training has diverged. ` +
      'Lower the learning rate or change the seed.',
  );
}
