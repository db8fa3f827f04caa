import { currentGpu } from './gpu.ts';
import { hostLeaf, makeNode } from './op.ts';
import { currentRecording, type RandomKey } from './recording.ts';
import type { Tensor } from './tensor.ts';

const OUTSIDE = 0xffffffff; // the stream of random tensors made outside steps

/** Seed and number of draws of the random tensors made outside steps. */
let lazy = { seed: -1, draws: 0 };

/**
 * The Philox key of the current run, u32 [4]: seed, stream of the step, number of the run (two
 * words). Outside a step each call has a key of its own, fixed when the tensor is made.
 */
export function rngKey(): Tensor {
  const recording = currentRecording();
  if (recording) {
    recording.key ??= keyTensor(recording);
    return recording.key;
  }
  const seed = lazy.seed < 0 ? currentGpu().seed : lazy.seed;
  return keyTensor({ seed, stream: OUTSIDE, run: lazy.draws++ });
}

function keyTensor({ seed, stream, run }: RandomKey): Tensor {
  const data = new Uint32Array([seed, stream, run % 2 ** 32, Math.floor(run / 2 ** 32)]);
  return makeNode(hostLeaf, [], { data }, [{ shape: [4], dtype: 'u32' }]).outputs[0];
}

/** Which random op of the step this is: equal structures draw equal numbers. */
export function nextCall(): number {
  const recording = currentRecording();
  return recording ? recording.calls++ : 0;
}

/**
 * Runs `fn` so that the random tensors it makes outside steps, such as initial weights, depend on
 * this seed alone and not on what was drawn before.
 */
export function seeded<T>(seed: number, fn: () => T): T {
  const outer = lazy;
  lazy = { seed, draws: 0 };
  try {
    return fn();
  } finally {
    lazy = outer;
  }
}

/** Starts the draws outside steps anew; `open` calls it, so that a seed repeats. */
export function resetDraws(): void {
  lazy = { seed: -1, draws: 0 };
}
