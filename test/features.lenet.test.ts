import { beforeAll, expect, test } from 'vitest';
import { unseal } from '../engine/io/sealed.ts';
import { variablesOf } from '../engine/index.ts';
import { bytesAt } from '../models/data/bytes.ts';
import { loadDigits } from '../models/data/digits.ts';
import { openSource } from '../models/data/source.ts';
import { openLenet } from '../models/metrics/features/lenet.ts';
import { describeImages } from '../models/metrics/features/network.ts';
import { shipped } from '../models/metrics/features/shipped.ts';
import { testAccuracy, trainLenet } from '../models/metrics/features/train.ts';
import { ready } from './open.ts';

beforeAll(() => ready(0));

test.each([
  ['mnist', 0.985],
  ['digits8', 0.95],
] as const)('the LeNet of %s tells more than %f of the test images', async (data, least) => {
  const source = await openSource(data);
  const network = await openLenet(data);
  const share = await testAccuracy(source, (x) => network.run(x).logits);
  network.dispose();
  expect(share).toBeGreaterThan(least);
  const { notes } = unseal(await bytesAt(shipped[data].file));
  const stated = notes.accuracy as number; // an image or two may tip on another adapter
  expect(Math.abs(share - stated)).toBeLessThan(2.5 / (source.testCount as number));
  expect(notes.command).toContain(`npm run features -- --data ${data}`);
});

test('images are described in their order, however many go through together', async () => {
  const { test: rows, white, shape } = await loadDigits();
  const images = Float32Array.from(rows.values, (v) => v / white);
  const network = await openLenet('digits8');
  const whole = await describeImages(network, images, shape);
  const parts = await describeImages({ ...network, batch: 100 }, images, shape);
  network.dispose();
  expect(whole.features.length).toBe(rows.count * 84);
  const apart = whole.features.map((v, i) => Math.abs(v - parts.features[i]));
  expect(Math.max(...apart)).toBeLessThan(1e-4);
  const said = Array.from({ length: rows.count }, (_, i) => {
    const p = parts.probabilities.subarray(10 * i, 10 * i + 10);
    return p.indexOf(Math.max(...p));
  });
  const right = said.filter((digit, i) => digit === rows.labels?.[i]).length;
  expect(right / rows.count).toBeGreaterThan(0.95);
});

test('the same seed trains the same network, another seed another', async () => {
  const source = await openSource('digits8');
  const trained = async (seed: number) => {
    const weights = await trainLenet(source, { epochs: 1, seed }, async () => {});
    return Promise.all(variablesOf(weights).map((v) => v.data()));
  };
  const [first, again, other] = [await trained(3), await trained(3), await trained(4)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test('where no LeNet is shipped it says so', async () => {
  await expect(openLenet('names')).rejects.toThrow(/names: expected one of mnist, digits8/);
});
