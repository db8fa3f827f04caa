import { currentGpu, type Tensor } from '../../engine/index.ts';
import { ofRows } from '../chunks.ts';
import { classesOf } from '../data/examples.ts';
import type { Source } from '../data/source.ts';
import { accuracy, linearClassifier } from '../metrics/classifier.ts';

/** Images that go through a step together. */
const CHUNK = 500;

/**
 * What a representation is worth: the part of the test images whose class a linear classifier tells from
 * their embeddings, `embed` of images [B, ...] being [B, F], after it has learned from those of training
 * images (G. Alain and Y. Bengio, Understanding intermediate layers using linear classifier probes, 2016,
 * arXiv 1610.01644); at most `most` of each. Every feature is brought to mean 0 and variance 1 on the
 * training images first. Outside of steps; the set has classes.
 */
export async function linearProbe(
  source: Source,
  embed: (x: Tensor) => Tensor,
  most = 10_000,
): Promise<number> {
  const count = Math.min(most, source.count as number);
  const tested = Math.min(most, source.testCount as number);
  const train = await embedded(count, (rows) => embed(source.draw(rows.size, rows)));
  const test = await embedded(tested, (rows) => embed(source.drawTest(rows.size, rows)));
  const standard = standardiser(train, count);
  const K = source.classes.length;
  const classifier = linearClassifier(standard(train), await classesOf(source, count), K);
  const told = await classifier.probabilities(standard(test));
  classifier.dispose();
  return accuracy(told, await classesOf(source, tested, 'test'), K);
}

/** What a step gives of rows 0..count−1. */
async function embedded(count: number, of: (rows: Tensor) => Tensor) {
  const step = currentGpu().step(of);
  const all = await ofRows(count, CHUNK, step);
  step.dispose();
  return all;
}

/** Brings each of the features of n rows to mean 0 and variance 1, those that never change to 0. */
function standardiser(rows: Float32Array, n: number) {
  const size = rows.length / n;
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  rows.forEach((v, at) => {
    mean[at % size] += v / n;
    square[at % size] += v ** 2 / n;
  });
  const scale = square.map((s, i) => {
    const variance = s - mean[i] ** 2;
    return variance > 1e-12 * s ? 1 / Math.sqrt(variance) : 0;
  });
  return (values: Float32Array) =>
    values.map((v, at) => (v - mean[at % size]) * scale[at % size]) as Float32Array<ArrayBuffer>;
}
