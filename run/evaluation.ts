import { open } from '../engine/index.ts';
import { examplesOf } from '../models/data/examples.ts';
import { openSource } from '../models/data/source.ts';
import { openLenet } from '../models/metrics/features/lenet.ts';
import { describeImages } from '../models/metrics/features/network.ts';
import { measureSamples, referenceOf } from '../models/metrics/samples.ts';
import type { EvaluationInput, EvaluationOutput } from './jobs.ts';

/**
 * All metrics of samples, test images in the place of a model's, beside as many training images, by the
 * LeNet's features, as many as there are at most; and how long each part takes when it is done a second time. In a page.
 */
export async function evaluation(asked: EvaluationInput): Promise<EvaluationOutput> {
  const gpu = await open({ seed: 0 });
  const { data } = asked;
  const source = await openSource(data);
  const rows = Math.min(asked.rows, source.count as number, source.testCount as number);
  const network = await openLenet(data);
  const { features: size, classes: K } = network;
  const [real, fake] = [
    await examplesOf(source, rows, 'train'),
    await examplesOf(source, rows, 'test'),
  ];
  const seconds = { describe: 0, reference: 0, samples: 0 };
  const timed = async <T>(part: keyof typeof seconds, work: () => Promise<T>) => {
    const started = performance.now();
    const done = await work();
    seconds[part] = (performance.now() - started) / 1000;
    return done;
  };
  const all = async () => {
    const [a, b] = await timed('describe', async () => [
      await describeImages(network, real, source.shape),
      await describeImages(network, fake, source.shape),
    ]);
    const tell = async () => b.probabilities;
    const by = { classifier: { tell, K } };
    const reference = await timed('reference', () => referenceOf(a.features, size, by));
    return timed('samples', () => measureSamples(reference, b.features));
  };
  await all(); // compiles the kernels
  const values = await all();
  network.dispose();
  const features = network.names.frechet;
  return { features, size, rows, values, seconds, adapter: gpu.adapterName };
}
