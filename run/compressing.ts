import { codecOf } from '../models/uses/codec.ts';
import { fromBase64, toBase64 } from './bytes.ts';
import type { CompressInput, CompressOutput, DecompressInput, DecompressOutput } from './jobs.ts';
import { openTraining } from './training.ts';

/** Compresses test examples by the model in a checkpoint. */
export async function compress(input: CompressInput): Promise<CompressOutput> {
  const studied = await openTraining(input);
  const codec = codecOf(studied);
  const examples = await codec.examples(input.count ?? Infinity);
  const started = performance.now();
  const { bytes, net, nats } = await codec.write(examples);
  return {
    file: toBase64(bytes),
    bytes: bytes.length,
    net,
    nats,
    bound: codec.bound,
    examples: examples.length,
    symbols: examples.reduce((sum, x) => sum + x.length, 0),
    seconds: (performance.now() - started) / 1000,
  };
}

/** Restores the examples of a file, and compares them with the test data. */
export async function decompress(input: DecompressInput): Promise<DecompressOutput> {
  const codec = codecOf(await openTraining(input));
  const started = performance.now();
  const restored = await codec.read(await fromBase64(input.file));
  const seconds = (performance.now() - started) / 1000;
  const examples = await codec.examples(restored.length);
  const same = (a: Uint8Array, b: Uint8Array | undefined) =>
    a.length === b?.length && a.every((v, i) => v === b[i]);
  const wrong = restored.filter((x, i) => !same(x, examples[i])).length;
  return { examples: restored.length, wrong, seconds };
}
