import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import { drawToy } from '../models/data/draw.ts';
import { classesOf, examplesOf } from '../models/data/examples.ts';
import { openSource } from '../models/data/source.ts';
import { type ToyName, toys } from '../models/data/toys.ts';
import { study } from '../models/index.ts';
import { toyStats } from '../models/metrics/toys.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const floats = async (t: Tensor) => (await t.data()) as Float32Array;

describe('toys drawn on the GPU', () => {
  test.each(Object.keys(toys) as ToyName[])('%s follows the exact density', async (name) => {
    const points = await floats(gpu.step(() => drawToy(name, 4000))());
    const mean = toys[name].logDensity(points).reduce((a, b) => a + b, 0) / 4000;
    expect(Math.abs(-mean - toys[name].entropy)).toBeLessThan(0.06);
    expect(Math.abs(toyStats(name, points, 1000).energyDistance)).toBeLessThan(0.012);
  });
});

test('no more examples are read than there are', async () => {
  const source = await openSource('digits8');
  expect(await examplesOf(source, 359, 'test')).toHaveLength(359 * 64);
  await expect(examplesOf(source, 360, 'test')).rejects.toThrow(/at most 359 .* got 360/);
  await expect(classesOf(source, 1439)).rejects.toThrow(RangeError);
});

test('binary MNIST: the test images are drawn once, the training images anew', async () => {
  const source = await openSource('mnist', { binary: true });
  const rows = () => tensor(Uint32Array.from([0, 9_999, 1, 1]));
  const train = gpu.step((r: Tensor) => source.draw(4, r));
  const held = gpu.step((r: Tensor) => source.drawTest(4, r));
  const [a, b] = [await floats(train(rows())), await floats(train(rows()))];
  expect(a).not.toEqual(b);
  expect(new Set(a)).toEqual(new Set([0, 1]));
  const [c, d] = [await floats(held(rows())), await floats(held(rows()))];
  expect(c).toEqual(d);
  expect(c.subarray(2 * 784, 3 * 784)).toEqual(c.subarray(3 * 784));
});

test.each([
  ['vae', 'nowhere', {}, /vae: data: unknown 'nowhere'\. Choose one of digits8, mnist/],
  ['vae', 'digits8', { colour: 1 }, /vae: setting: unknown 'colour'\. Choose one of network,/],
  ['vae', 'digits8', { latent: 0 }, /vae: latent: expected a whole number from 1 to 512, got 0/],
  ['vae', 'digits8', { network: 'rnn' }, /vae: network: expected one of mlp, conv, got rnn/],
  ['gans', 'digits8', {}, /model: unknown 'gans'\. Choose one of .*vae, .*realnvp/],
] as const)('study(%s, %s, %o) says what there is', async (model, data, settings, message) => {
  await expect(study(model as 'vae', data, settings)).rejects.toThrow(message);
});
