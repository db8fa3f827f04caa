import { expect, test } from 'vitest';
import { loadDigits } from '../models/data/digits.ts';
import { loadNames } from '../models/data/names.ts';
import { randomStream } from '../models/data/random.ts';
import {
  bernoulliMixture,
  bitsPerDim,
  independentPixels,
  meanNats,
  ngram,
  uniformNats,
} from '../models/metrics/baselines.ts';

test('uniform: log2 of the levels for each dimension', () => {
  expect(bitsPerDim(uniformNats(64, 17), 64)).toBeCloseTo(Math.log2(17), 12);
  expect(bitsPerDim(uniformNats(784, 2), 784)).toBeCloseTo(1, 12);
});

const binary = async () => {
  const { train, test } = await loadDigits();
  const halves = (values: Uint8Array) => values.map((v) => Number(v >= 8));
  return [halves(train.values), halves(test.values)];
};

test('8×8 digits: independent pixels 24.76 nats, a mixture of 50 17.60 ± 0.07, as the reference', async () => {
  const [train, test] = await binary();
  expect(meanNats(independentPixels(train, 64, 2), test, 64)).toBeCloseTo(24.76, 2);
  const nats = [0, 1, 2].map((seed) =>
    meanNats(bernoulliMixture(train, 64, 50, randomStream(seed, 0)).law, test, 64),
  );
  const mean = nats.reduce((a, b) => a + b, 0) / 3;
  expect(Math.abs(mean - 17.598)).toBeLessThan(2 * Math.sqrt((2 * 0.065 ** 2) / 3) + 0.05);
});

test('a mixture is a law, and its likelihood does not fall', () => {
  const random = randomStream(0, 0);
  const rows = Uint8Array.from({ length: 200 * 6 }, (_, i) =>
    Number(random.uniform() < ((i / 6) % 2 < 1 ? 0.8 : 0.2)),
  );
  const { law } = bernoulliMixture(rows, 6, 3, randomStream(1, 0), 20);
  const all = Array.from({ length: 64 }, (_, s) =>
    Math.exp(-law(Array.from({ length: 6 }, (_, d) => (s >> d) & 1))),
  );
  expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
  const after = [1, 2, 5, 20].map((iterations) =>
    meanNats(bernoulliMixture(rows, 6, 3, randomStream(1, 0), iterations).law, rows, 6),
  );
  for (let i = 1; i < after.length; i++) expect(after[i]).toBeLessThan(after[i - 1] + 0.02);
});

test.for([
  [2, 16.89006],
  [3, 15.07745],
  [5, 13.803],
])('names: the %i-gram has the nats of the reference, %f', async ([n, wanted]) => {
  const { train, test } = await loadNames();
  const law = ngram(train.values, 12, n, 27, true);
  expect(Math.abs(meanNats(law, test.values, 12) - wanted)).toBeLessThan(6e-4);
});

test('an n-gram is a law over ended texts', () => {
  const training = Uint8Array.from([1, 2, 0, 1, 1, 0, 2, 0, 0]);
  const law = ngram(training, 3, 3, 3, true);
  const texts = [[0], [1, 0], [2, 0]];
  for (const a of [1, 2]) for (const b of [1, 2]) texts.push([a, b, 0], [a, b, 1], [a, b, 2]);
  const all = texts.map((t) => Math.exp(-law(t)));
  expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
});
