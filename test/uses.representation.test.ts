import { beforeAll, expect, test } from 'vitest';
import { mul, nn, relu, reshape, type Tensor } from '../engine/index.ts';
import { openSource } from '../models/data/source.ts';
import { linearProbe } from '../models/uses/representation.ts';
import { ready } from './open.ts';

beforeAll(() => ready(0));

const flat = (x: Tensor) => reshape(x, [x.shape[0], 64]);

// A linear classifier of the pixels themselves tells 96.1 % (test/classifier.test.ts), with another penalty.
test('a probe reads as much as there is in an embedding', async () => {
  const source = await openSource('digits8');
  const random = nn.linear.init(64, 4);
  const [pixels, few, none] = [
    await linearProbe(source, flat),
    await linearProbe(source, (x) => relu(nn.linear(random, flat(x)))),
    await linearProbe(source, (x) => mul(flat(x), 0)),
  ];
  expect(pixels).toBeGreaterThan(0.93);
  expect(few).toBeLessThan(0.8); // four random numbers of an image
  expect(few).toBeGreaterThan(0.2);
  expect(none).toBeLessThan(0.15); // nothing to read: always the same class
});
