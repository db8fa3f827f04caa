import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import { frechetDistance } from '../metrics/images.ts';
import { type Autoregressive, inTurn } from './autoregressive.ts';

/** Numbers of images that go through a step together. */
const CHUNK = 2 ** 17;
/** Training images that are measured, and numbers of samples, at most. */
const [TRAIN, SAMPLES] = [2000, 2 ** 19];
/** Numbers of an image of which covariances are taken, at most. */
const SMALL = 256;

/**
 * Exact −log p of an autoregressive model, nats per image: of all test images, of the first training
 * images and of its own samples, which score like test images when the model has not overfitted;
 * bits per dimension of the test images; and of small images the Fréchet distance of pixels between
 * samples and training images.
 */
export async function evaluateAr(model: Autoregressive, source: Source) {
  const size = source.shape.reduce((a, b) => a * b, 1);
  const chunk = Math.max(1, Math.floor(CHUNK / size));
  const trained = Math.min(TRAIN, source.count as number);
  const gpu = currentGpu();
  const ofTest = gpu.step((rows: Tensor) =>
    model.logLikelihood(source.drawTest(rows.size, rows), source.drawTestClasses(rows)),
  );
  const ofTrain = gpu.step((rows: Tensor) => {
    const x = source.draw(rows.size, rows);
    return { x, log: model.logLikelihood(x, source.drawClasses(rows)) };
  });
  const ofSamples = gpu.step((x: Tensor, c: Tensor) => model.logLikelihood(x, c));

  const drawn = Math.min(trained, Math.floor(SAMPLES / size));
  const classes = inTurn(drawn, source.classes.length);
  const sampler = model.sampler(drawn, { classes });
  const samples = (await (await sampler.draw()).data()) as Float32Array;
  sampler.dispose();

  const test = await nll(source.testCount as number, chunk, (a, b) => ofTest(rowsOf(a, b)));
  const images = new Float32Array(trained * size);
  const train = await nll(trained, chunk, async (a, b) => {
    const { x, log } = ofTrain(rowsOf(a, b));
    images.set((await x.data()) as Float32Array, a * size);
    return log;
  });
  const own = await nll(drawn, chunk, (a, b) => {
    const x = tensor(samples.slice(a * size, b * size), [b - a, ...source.shape]);
    return ofSamples(x, tensor(classes.slice(a, b)));
  });
  for (const step of [ofTest, ofTrain, ofSamples]) step.dispose();
  return {
    nll: test,
    trainNll: train,
    sampleNll: own,
    bitsPerDim: test / size / Math.LN2,
    ...(size <= SMALL && { pixelFrechet: frechetDistance(images, samples, size) }),
  };
}

/** Minus the mean over `count` images of what `log` says of those from `start` to `end`. */
async function nll(
  count: number,
  chunk: number,
  log: (start: number, end: number) => Tensor | Promise<Tensor>,
): Promise<number> {
  let total = 0;
  for (let start = 0; start < count; start += chunk) {
    const values = await (await log(start, Math.min(count, start + chunk))).data();
    for (const value of values) total -= value;
  }
  return total / count;
}

const rowsOf = (start: number, end: number): Tensor =>
  tensor(Uint32Array.from({ length: end - start }, (_, i) => start + i));
