import { saveCheckpoint } from '../engine/io/checkpoint.ts';
import { open, variablesOf } from '../engine/index.ts';
import { openSource } from '../models/data/source.ts';
import { runLenet } from '../models/metrics/features/lenet.ts';
import { testAccuracy, trainLenet } from '../models/metrics/features/train.ts';
import { toBase64 } from './bytes.ts';
import type { Emit, FeaturesInput, FeaturesOutput } from './jobs.ts';

/** Trains a LeNet on a data set and counts what it gets right on the test images. */
export async function trainFeatures(input: FeaturesInput, emit: Emit): Promise<FeaturesOutput> {
  const { data, seed, command } = input;
  const { adapterName: adapter } = await open({ seed });
  const source = await openSource(data);
  const started = performance.now();
  const weights = await trainLenet(source, input, (step, loss) =>
    emit({ kind: 'log', line: { step, loss } }),
  );
  const seconds = (performance.now() - started) / 1000;
  const accuracy = await testAccuracy(source, (x) => runLenet(weights, x).logits);
  const file = await saveCheckpoint(weights, { data, accuracy, command, seed, adapter });
  const parameters = variablesOf(weights).reduce((sum, v) => sum + v.size, 0);
  return { file: toBase64(file), accuracy, parameters, adapter, seconds };
}
