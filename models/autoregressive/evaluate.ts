import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import type { Autoregressive } from './autoregressive.ts';

/** Pixels that go through a step together. */
const PIXELS = 2 ** 17;
/** Training images and samples that are measured, at most. */
const TRAIN = 2000;
const SAMPLES = 512;

/**
 * Exact −log p of an autoregressive model, nats per image: of all test images, of the first training
 * images and of its own samples, which score like test images when the model has not overfitted;
 * and bits per dimension of the test images.
 */
export async function evaluateAr(model: Autoregressive, source: Source) {
  const [test, train] = [source.testCount as number, Math.min(TRAIN, source.count as number)];
  const size = source.shape.reduce((a, b) => a * b, 1);
  const chunk = Math.max(1, Math.floor(PIXELS / size));
  const gpu = currentGpu();
  const ofTest = gpu.step((rows: Tensor) => model.logLikelihood(source.drawTest(rows.size, rows)));
  const ofTrain = gpu.step((rows: Tensor) =>
    model.logLikelihood(source.draw(rows.size, rows), source.drawClasses(rows)),
  );
  const sampler = model.sampler(SAMPLES);
  const samples = (await (await sampler.draw()).data()) as Float32Array;
  const ofSamples = gpu.step((x: Tensor) => model.logLikelihood(x));

  /** Mean over `count` images of what `step` says of those from `start` to `end`. */
  const nll = async (count: number, step: (start: number, end: number) => Tensor) => {
    let total = 0;
    for (let start = 0; start < count; start += chunk) {
      const values = await step(start, Math.min(count, start + chunk)).data();
      for (const value of values) total -= value;
    }
    return total / count;
  };
  const testNll = await nll(test, (a, b) => ofTest(rowsOf(a, b)));
  const result = {
    nll: testNll,
    trainNll: await nll(train, (a, b) => ofTrain(rowsOf(a, b))),
    sampleNll: await nll(SAMPLES, (a, b) =>
      ofSamples(tensor(samples.slice(a * size, b * size), [b - a, ...source.shape])),
    ),
    bitsPerDim: testNll / size / Math.LN2,
  };
  for (const held of [ofTest, ofTrain, ofSamples, sampler]) held.dispose();
  return result;
}

const rowsOf = (start: number, end: number): Tensor =>
  tensor(Uint32Array.from({ length: end - start }, (_, i) => start + i));
