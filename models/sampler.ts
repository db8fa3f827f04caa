import {
  currentGpu,
  type Shape,
  stopGradient,
  type Tensor,
  type TypedArray,
  variable,
} from '../engine/index.ts';

/** Draws n examples again and again, in buffers of its own. */
export interface Sampler {
  /** Runs of a step, one after another, that one draw takes. */
  readonly passes: number;
  /** Compiles its kernels without running them, so that progress can be shown. */
  prepare(): Promise<void>;
  /** Fresh examples [n, ...], alive until the next draw. Outside of steps. */
  draw(watch?: Watch): Promise<Tensor>;
  /** Goes back to the noise of the first draw. */
  rewind(): void;
  dispose(): void;
}

/** Who looks on while a draw of many passes is made. */
export interface Watch {
  /** Passes from look to look; 32 unless given. */
  readonly every?: number;
  /**
   * Is told when the GPU has done so many passes. `now` reads the examples as they are at that moment,
   * alive until the next pass.
   */
  seen?(done: number, now: () => Tensor): void | Promise<void>;
  /** Ends the draw at the next look: it throws the signal's reason. Later draws begin anew. */
  readonly signal?: AbortSignal;
}

/** Passes that may wait in the GPU's queue, and those of a chain that may end sooner. */
const AHEAD = 32;
const LOOK = 8;

/** The numbers of one draw, after which the sampler is disposed. */
export async function drawOnce(sampler: Sampler, watch?: Watch): Promise<TypedArray> {
  try {
    return await (await sampler.draw(watch)).data();
  } finally {
    sampler.dispose();
  }
}

/** A sampler for models whose examples come out of one pass: `make` gives them, in a step. */
export function onePass(make: () => Tensor): Sampler {
  const step = currentGpu().step(make);
  return {
    passes: 1,
    prepare: () => step.prepare(),
    draw: async () => step(),
    rewind() {
      step.runs = 0;
    },
    dispose: () => step.dispose(),
  };
}

/** A sampler that makes its examples of those of another, which it owns, in one more step. */
export function through(inner: Sampler, make: (x: Tensor) => Tensor): Sampler {
  const step = currentGpu().step(make);
  return {
    ...inner,
    draw: async ({ seen, ...watch } = {}) =>
      step(
        await inner.draw({
          ...watch,
          seen: seen && ((done, now) => seen(done, () => step(now()))),
        }),
      ),
    dispose() {
      step.dispose();
      inner.dispose();
    },
  };
}

/** A chain of passes over Variables, i = 0, 1, ..., which begins anew at 0. */
export type Passes = {
  /** Disposes the Variables. */
  free(): void;
  /** Passes that record something else than pass 0, one of each kind, so that all are prepared. */
  readonly kinds?: readonly number[];
  /**
   * A number that is 0 when the chain has come to its end, which may be before the last pass. A chain that
   * has not come to it by then throws.
   */
  left?(): Tensor;
} & (
  | {
      /** One step of the chain, which returns the examples as they then are. */
      pass(i: number): Tensor;
      result?: undefined;
    }
  | {
      /** One step of the chain. */
      pass(i: number): void;
      /** Reads the examples out, in a step of its own. */
      result(): Tensor;
    }
);

/** A sampler for models that make examples in many passes. */
export function manyPasses(passes: number, chain: Passes): Sampler {
  const { pass, result, left, free, kinds = [0] } = chain;
  const gpu = currentGpu();
  const advance = gpu.step((i: number) => pass(i));
  const read = result && gpu.step(result);
  const look = left && gpu.step(left);
  const ended = async () => look !== undefined && (await look().item()) === 0;
  return {
    passes,
    async prepare() {
      const others = [read?.prepare(), look?.prepare()];
      await Promise.all([...kinds.map((i) => advance.prepare(i)), ...others]);
    },
    async draw({ every = look ? LOOK : AHEAD, seen, signal } = {}) {
      signal?.throwIfAborted();
      let last: unknown;
      const now = () => (read ? read() : (last as Tensor));
      for (let i = 0; i < passes; i++) {
        last = advance(i);
        if ((i + 1) % every !== 0) continue;
        await gpu.device.queue.onSubmittedWorkDone();
        signal?.throwIfAborted();
        await seen?.(i + 1, now);
        if (await ended()) return now();
      }
      if (look && !(await ended())) {
        throw new Error(`sampler: not at its end after ${passes} passes. Give it more.`);
      }
      return now();
    },
    rewind() {
      advance.runs = 0;
      if (read) read.runs = 0;
    },
    dispose() {
      for (const step of [advance, read, look]) step?.dispose();
      free();
    },
  };
}

/** How a chain of examples moves. Both are called inside a step. */
export interface Chain {
  /** Where each example begins, [n, ...]. */
  start(): Tensor;
  /** One move of all of them, number i = 0, 1, ... */
  move(x: Tensor, i: number): Tensor;
  /** What is read out after the last move; where they are, unless given. */
  result?(x: Tensor): Tensor;
}

/** A sampler of Markov chains, one for each example of the shape [n, ...]: so many moves each. */
export function chains(shape: Shape, moves: number, { start, move, result }: Chain): Sampler {
  const state = variable(null, shape, { name: 'chains' });
  const now = () => stopGradient(state);
  return manyPasses(moves, {
    kinds: moves > 1 ? [0, 1] : [0],
    pass: (i) => state.assign(move(i === 0 ? start() : now(), i)),
    result: () => (result ? result(now()) : now()),
    free: () => state.dispose(),
  });
}
