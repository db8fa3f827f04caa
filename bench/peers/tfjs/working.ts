import * as tf from '@tensorflow/tfjs';
import type { Inputs, Work } from '../../types.ts';

// biome-ignore lint/suspicious/noExplicitAny: the peer's types are not installed with the project
export type Value = any;

/** TF.js batches dispatches into an encoder: flush it, then wait for the queue. */
async function settle(): Promise<void> {
  const backend = tf.backend() as Value;
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await backend.queue.onSubmittedWorkDone();
}

/** Runs `run` tidily; the results of the call before are disposed first. */
export function working(run: () => Value[]): Work {
  let out: Value[] = [];
  return {
    call() {
      for (const value of out) value.dispose();
      out = tf.tidy(run);
    },
    settle,
    read: () => Promise.all(out.map((value) => value.data() as Promise<Float32Array>)),
  };
}

/** TF.js keeps host data until first use: uploads now, so that no sample pays for it. */
export function upload(data: Float32Array | Int32Array, shape: number[]): Value {
  const value = tf.tensor(data, shape);
  (tf.backend() as Value).uploadToGPU(value.dataId);
  return value;
}

/** Uploads whole numbers. */
export const uploadWhole = (data: Float32Array, shape: number[]): Value =>
  upload(Int32Array.from(data), shape);

/** Uploads the inputs of these names and shapes. */
export const uploads = (shapes: Record<string, number[]>, inputs: Inputs): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, upload(inputs[name], shape)]),
  );
