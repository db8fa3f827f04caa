import * as jax from '@jax-js/jax';
import type { Inputs, Work } from '../../types.ts';

const { numpy: np } = jax;
// biome-ignore lint/suspicious/noExplicitAny: the peer's types are not installed with the project
export type Value = any;

/** Uploads now, so that no sample pays for it. */
export const upload = async (data: Float32Array, shape: number[]): Promise<Value> =>
  jax.blockUntilReady(np.array(data).reshape(shape));

/** Uploads whole numbers. */
export const uploadWhole = async (data: Float32Array, shape: number[]): Promise<Value> =>
  jax.blockUntilReady(np.array(Int32Array.from(data)).reshape(shape));

/** Uploads the inputs of these names and shapes. */
export async function uploads(
  shapes: Record<string, number[]>,
  inputs: Inputs,
): Promise<Record<string, Value>> {
  const entries = Object.entries(shapes).map(async ([name, shape]) => [
    name,
    await upload(inputs[name], shape),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Uploads and turns, so that no sample pays for either. */
export const turned = async (data: Float32Array, shape: number[], axes: number[]): Promise<Value> =>
  jax.blockUntilReady(np.transpose(np.array(data).reshape(shape), axes));

const data = (out: Value[]): Promise<Float32Array[]> =>
  Promise.all(out.map((value) => value.ref.data() as Promise<Float32Array>));

/**
 * Calls a jitted function and waits for all its results: jax-js dispatches only what is awaited.
 * The results of the call before are given back first.
 */
export function working(
  run: () => Value[],
  read: (out: Value[]) => Promise<Float32Array[]> = data,
): Work {
  let out: Value[] = [];
  return {
    async call() {
      for (const value of out) value.dispose();
      out = run();
      await jax.blockUntilReady(out);
    },
    settle: () => jax.getWebGPUDevice().queue.onSubmittedWorkDone(),
    read: () => read(out),
  };
}

/** Reads results that are turned back first. */
export const readTurned = (axes: number[][]) => (out: Value[]) =>
  Promise.all(
    out.map((value, i) => np.transpose(value.ref, axes[i]).data() as Promise<Float32Array>),
  );
