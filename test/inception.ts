import type { StoredTensor } from '../engine/io/safetensors.ts';
import { type Filter, throughInception } from '../models/metrics/features/inception_graph.ts';

/** `size` numbers from 0 to 1 that depend on a name alone: `uniform` of test/golden/inception.py. */
export function uniform(name: string, size: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  const numbers = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let x = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    numbers[i] = ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  }
  return numbers;
}

/** Numbers from `low` to `high` likewise. */
export const made = (name: string, size: number, low: number, high: number) =>
  Float32Array.from(uniform(name, size).map((u) => low + (high - low) * u));

/** Random weights for the FID network, by name. */
export function randomWeights(): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  const put = (name: string, shape: number[], low: number, high: number) => {
    const size = shape.reduce((a, b) => a * b);
    tensors.set(name, { dtype: 'F32', shape, data: made(name, size, low, high) });
  };
  const convolve = (name: string, { out, size: [kh, kw] }: Filter, channels: number) => {
    const limit = Math.sqrt(6 / (channels * kh * kw));
    put(`${name}.conv.weight`, [out, channels, kh, kw], -limit, limit);
    put(`${name}.bn.running_mean`, [out], -0.2, 0.2);
    put(`${name}.bn.running_var`, [out], 0.5, 1.5);
    put(`${name}.bn.weight`, [out], 0.75, 1.25);
    put(`${name}.bn.bias`, [out], -0.2, 0.2);
    return out;
  };
  throughInception<number>(3, {
    convolve,
    pool: (_, channels) => channels,
    join: (parts) => parts.reduce((a, b) => a + b),
  });
  const limit = Math.sqrt(6 / 2048);
  put('fc.weight', [1008, 2048], -limit, limit);
  put('fc.bias', [1008], -0.2, 0.2);
  return tensors;
}
