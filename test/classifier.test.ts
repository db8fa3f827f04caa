import { beforeAll, expect, test } from 'vitest';
import { loadDigits } from '../models/data/digits.ts';
import type { Rows } from '../models/data/sets.ts';
import { accuracy, classifierScore, linearClassifier } from '../models/metrics/classifier.ts';

import { ready } from './open.ts';

beforeAll(() => ready(0));

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
