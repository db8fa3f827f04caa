import { beforeAll, expect, test } from 'vitest';
import { loadDigits } from '../models/data/digits.ts';
import type { Rows } from '../models/data/sets.ts';
import { examplesOf } from '../models/data/examples.ts';
import { openSource } from '../models/data/source.ts';
import { accuracy, classifierScore, linearClassifier } from '../models/metrics/classifier.ts';
import { openLenet } from '../models/metrics/features/lenet.ts';
import { qualityMeter } from '../models/metrics/quality.ts';
import { ready } from './open.ts';

beforeAll(() => ready(0));

/** Of the reference, floor_real_grey_digits. */
const floor = {
  frechet: 0.13093,
  classifierScore: 5.729,
  precision: 0.90251,
  recall: 0.88873,
  density: 0.99721,
  coverage: 0.46245,
};

const images = ({ values }: Rows) => Float32Array.from(values, (v) => v / 16);

test('it is the classifier of the reference: 96.1 % of test digits right, their score 5.729', async () => {
  const { train, test } = await loadDigits();
  const classifier = linearClassifier(
    images(train),
    Uint32Array.from(train.labels as Uint8Array),
    10,
  );
  const p = await classifier.probabilities(images(test));
  classifier.dispose();
  expect(accuracy(p, test.labels as Uint8Array, 10)).toBeCloseTo(345 / 359, 6);
  expect(Math.abs(classifierScore(p, 10) - 5.729)).toBeLessThan(0.002);
});

test('the meter gives real test digits what the reference gives them', async () => {
  const source = await openSource('digits8');
  const meter = await qualityMeter(source);
  const found = await meter.of(await examplesOf(source, 359, 'test'));
  meter.dispose();
  expect(Object.keys(found).sort()).toEqual(Object.keys(floor).sort());
  for (const [name, value] of Object.entries(floor)) {
    expect(Math.abs(found[name] - value), name).toBeLessThan(0.002);
  }
});

// At its best the score is the number of classes, so losing one costs a tenth; the distance doubles.
test('the score barely sees missing classes: the Fréchet distance rises, precision stays, recall falls', async () => {
  const source = await openSource('digits8');
  const meter = await qualityMeter(source, await openLenet('digits8'));
  const { test } = await loadDigits();
  const labels = test.labels as Uint8Array;
  const pixels = images(test);
  const without = (...lost: number[]) => {
    const kept = Array.from(labels.keys()).filter((row) => !lost.includes(labels[row]));
    return meter.of(
      Float32Array.from(kept.flatMap((row) => [...pixels.subarray(row * 64, (row + 1) * 64)])),
    );
  };
  const all = await without();
  for (const { lost, fewer } of [
    { lost: [3], fewer: { frechet: 1.8, recall: 0.06 } },
    { lost: [1, 3, 8], fewer: { frechet: 5, recall: 0.2 } },
  ]) {
    const found = await without(...lost);
    const share = 1 - lost.length / 10;
    expect(found.classifierScore / all.classifierScore).toBeGreaterThan(share);
    expect(found.frechet / all.frechet).toBeGreaterThan(fewer.frechet);
    expect(Math.abs(found.precision - all.precision)).toBeLessThan(0.02);
    expect(all.recall - found.recall).toBeGreaterThan(fewer.recall);
  }
  meter.dispose();
});
