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
  draw(): Promise<Tensor>;
  /** Goes back to the noise of the first draw. */
  rewind(): void;
  dispose(): void;
}

/** Passes that may wait in the GPU's queue. */
const AHEAD = 32;

/** The numbers of one draw, after which the sampler is disposed. */
export async function drawOnce(sampler: Sampler): Promise<TypedArray> {
  const values = await (await sampler.draw()).data();
  sampler.dispose();
  return values;
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

/**
 * A sampler for models that make examples in many passes, over Variables that `free` disposes:
 * `pass(i)` is one step of the chain, i = 0, 1, ..., and begins anew at 0; `result` reads the
 * examples out after the last. Passes that record something else than pass 0 are named by `kinds`,
 * one of each kind, so that they are prepared as well.
 */
export function manyPasses(
  passes: number,
  {
    pass,
    result,
    free,
    kinds = [0],
  }: { pass(i: number): void; result(): Tensor; free(): void; kinds?: readonly number[] },
): Sampler {
  const gpu = currentGpu();
  const advance = gpu.step((i: number) => pass(i));
  const read = gpu.step(result);
  return {
    passes,
    async prepare() {
      await Promise.all([...kinds.map((i) => advance.prepare(i)), read.prepare()]);
    },
    async draw() {
      for (let i = 0; i < passes; i++) {
        advance(i);
        if (i % AHEAD === AHEAD - 1) await gpu.device.queue.onSubmittedWorkDone();
      }
      return read();
    },
    rewind() {
      advance.runs = 0;
      read.runs = 0;
    },
    dispose() {
      for (const step of [advance, read]) step.dispose();
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
