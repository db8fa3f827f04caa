import { currentGpu, type Tensor, tensor, type TypedArray } from '../../engine/index.ts';
import { chunks } from '../chunks.ts';
import type { Source } from '../data/source.ts';
import { accuracy, linearClassifier } from '../metrics/classifier.ts';

/** Training images that the classifier learns from, at most, and images that go through a step together. */
const [MOST, CHUNK] = [10_000, 500];

/**
 * What a representation is worth: the part of the test images whose class a linear classifier tells from
 * their embeddings, `embed` of images [B, ...] being [B, F], after it has learned from those of training
 * images (G. Alain and Y. Bengio, Understanding intermediate layers using linear classifier probes, 2016,
 * arXiv 1610.01644). Every feature is brought to mean 0 and variance 1 on the training images first.
 * Outside of steps; the set has classes.
 */
export async function linearProbe(source: Source, embed: (x: Tensor) => Tensor): Promise<number> {
  const count = Math.min(MOST, source.count as number);
  const train = await embedded(count, (rows) => ({
    z: embed(source.draw(rows.size, rows)),
    classes: source.drawClasses(rows) as Tensor,
  }));
  const test = await embedded(source.testCount as number, (rows) => ({
    z: embed(source.drawTest(rows.size, rows)),
    classes: source.drawTestClasses(rows) as Tensor,
  }));
  const standard = standardiser(train.z, train.classes.length);
  const K = source.classes.length;
  const classifier = linearClassifier(standard(train.z), train.classes, K);
  const told = await classifier.probabilities(standard(test.z));
  classifier.dispose();
  return accuracy(told, test.classes, K);
}

/** What a step gives of rows 0..count−1. */
async function embedded(count: number, of: (rows: Tensor) => { z: Tensor; classes: Tensor }) {
  const step = currentGpu().step(of);
  const parts: { z: TypedArray; classes: TypedArray }[] = [];
  for (const rows of chunks(count, CHUNK)) {
    const { z, classes } = step(tensor(rows));
    parts.push({ z: await z.data(), classes: await classes.data() });
  }
  step.dispose();
  return {
    z: Float32Array.from(parts.flatMap(({ z }) => [...z])),
    classes: Uint32Array.from(parts.flatMap(({ classes }) => [...classes])),
  };
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
