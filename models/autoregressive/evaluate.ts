import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import { chunks, floats, meanOf, ofRows } from '../chunks.ts';
import type { Source } from '../data/source.ts';
import { frechetDistance } from '../metrics/frechet.ts';
import { drawOnce } from '../sampler.ts';
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
  const samples = (await drawOnce(model.sampler(drawn, { classes }))) as Float32Array;

  const test = await ofRows(source.testCount as number, chunk, ofTest);
  const images = new Float32Array(trained * size);
  const train: number[] = [];
  for (const rows of chunks(trained, chunk)) {
    const { x, log } = ofTrain(tensor(rows));
    images.set(await floats(x), rows[0] * size);
    train.push(...(await floats(log)));
  }
  const own: number[] = [];
  for (const rows of chunks(drawn, chunk)) {
    const [a, b] = [rows[0], rows[0] + rows.length];
    const x = tensor(samples.slice(a * size, b * size), [b - a, ...source.shape]);
    own.push(...(await floats(ofSamples(x, tensor(classes.slice(a, b))))));
  }
  for (const step of [ofTest, ofTrain, ofSamples]) step.dispose();
  return {
    nll: -meanOf(test),
    trainNll: -meanOf(train),
    sampleNll: -meanOf(own),
    bitsPerDim: -meanOf(test) / size / Math.LN2,
    ...(size <= SMALL && { pixelFrechet: await frechetDistance(images, samples, size) }),
  };
}
