import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { study } from '../models/index.ts';
import { altered } from '../models/uses/altered.ts';
import { aurocOf, compareWith } from '../models/uses/outliers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

describe('AUROC', () => {
  test.each([
    [[1, 2, 3], [4, 5], 1],
    [[4, 5], [1, 2, 3], 0],
    [[1, 1], [1], 0.5],
    [[1, 3], [2, 2], 0.5],
    [[0, 1, 2, 3], [1, 2.5], (1.5 + 3) / 8],
  ])('of %j below %j is %d', (low, high, expected) => {
    expect(aurocOf(low, high)).toBe(expected);
  });
});

test('a trained model finds digits with shuffled pixels unlikely', async () => {
  const config = settle('vae', 'digits8', { decoder: 'logistic', hidden: 64, lr: 3e-3 });
  const studied = await study('vae', 'digits8', config);
  const { model, source } = studied;
  const step = gpu.step((r: Tensor, i: number) => model.step(source.draw(64, r), i));
  for (let i = 0; i < 60; i++) {
    step(tensor(Uint32Array.from({ length: 64 }, (_, k) => (64 * i + k) % 1438)), i);
  }
  const { test, other, auroc } = await compareWith(studied, 'shuffled', 250);
  expect([test.length, other.length]).toEqual([250, 250]);
  expect(auroc).toBeGreaterThan(0.9);
  expect(auroc).toBe(aurocOf(test, other));
  await expect(compareWith(studied, 'mnist', 10)).rejects.toThrow(
    /ood: mnist: expected images \[8,8,1\], got \[28,28,1\]/,
  );
});

describe('altered images', () => {
  const image = Uint8Array.of(9, 0, 0, 0, 3, 1); // [2, 3, 1]
  const shape = [2, 3, 1];
  test('flat: the mean everywhere, of each colour', () => {
    expect([...altered.flat(image, shape)]).toEqual([2, 2, 2, 2, 2, 2]);
    const colours = Uint8Array.of(0, 9, 1, 5); // [1, 2, 2]
    expect([...altered.flat(colours, [1, 2, 2])]).toEqual([1, 7, 1, 7]);
  });

  test('faint: a third', () => {
    expect([...altered.faint(Uint8Array.of(9, 0, 2), [1, 3, 1])]).toEqual([3, 0, 1]);
  });

  test('smooth: the mean of the neighbours there are', () => {
    expect([...altered.smooth(image, shape)]).toEqual([3, 2, 1, 3, 2, 1]);
    expect([...altered.smooth(Uint8Array.of(7), [1, 1, 1])]).toEqual([7]);
  });

  test('shuffled: the same pixels, whole, in one order for all', () => {
    const rgb = Uint8Array.from({ length: 48 }, (_, i) => i); // [4, 4, 3]
    const [a, b] = [0, 0].map(() => altered.shuffled(rgb, [4, 4, 3]));
    expect(a).toEqual(b);
    expect([...a]).not.toEqual([...rgb]);
    const pixels = Array.from({ length: 16 }, (_, i) => a[3 * i]).sort((x, y) => x - y);
    expect(pixels).toEqual(Array.from({ length: 16 }, (_, i) => 3 * i));
    for (let i = 0; i < 16; i++) expect(a[3 * i + 2]).toBe(a[3 * i] + 2);
  });
});

test('models of points are refused', async () => {
  const studied = await study('wgan_gp', 'two_moons');
  await expect(compareWith(studied, 'flat', 10)).rejects.toThrow(/ood: expected a model of images/);
});
