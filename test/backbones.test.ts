import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Gpu,
  grad,
  mul,
  normal,
  sum,
  type Tensor,
  tensor,
  variablesOf,
} from '../engine/index.ts';
import { octaves, sinusoids } from '../models/backbones/time.ts';
import { timeMlp } from '../models/backbones/time_mlp.ts';
import { unet } from '../models/backbones/unet.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const counted = (weights: unknown) => variablesOf(weights).reduce((sum, v) => sum + v.size, 0);

/** Phases up to 8 are rounded to 5e-7 in f32, and the sine adds as little. */
const expectNear = (found: Float32Array, expected: number[]) =>
  found.forEach((v, i) => {
    expect(Math.abs(v - expected[i])).toBeLessThan(1e-6);
  });

describe('features of time and of coordinates', () => {
  test('octaves are all sines, coordinate by coordinate, then all cosines', async () => {
    const x = [0.3, -1.2];
    const found = await floats(octaves(tensor([x]), 3));
    const phases = x.flatMap((v) => [0, 1, 2].map((k) => v * 2 ** k * (Math.PI / 2)));
    const expected = [...phases.map(Math.sin), ...phases.map(Math.cos)];
    expectNear(found, expected);
  });

  test('sinusoids have periods from 2π to 10,000 · 2π', async () => {
    const found = await floats(sinusoids(tensor([7]), 6));
    const phases = [0, 1, 2].map((k) => 7 * 10_000 ** (-k / 3));
    const expected = [...phases.map(Math.sin), ...phases.map(Math.cos)];
    expectNear(found, expected);
  });
});

describe('the perceptron of points at a time', () => {
  // The sizes of the reference runs' networks (score.py, diffusion.py and ff.py).
  test.each([
    [{ size: 2, hidden: 128, layers: 3 }, 35_714],
    [{ size: 2, hidden: 128, layers: 3, fourier: true }, 37_250],
    [{ size: 64, hidden: 256, layers: 3 }, 168_768],
  ])('%o has %i parameters', (config, parameters) => {
    expect(counted(timeMlp(config).weights)).toBe(parameters);
  });

  test('hears data, time and class, each row on its own', async () => {
    const network = timeMlp({ size: 4, hidden: 16, layers: 2, classes: 3 });
    const x = tensor(await floats(normal([3, 2, 2, 1])), [3, 2, 2, 1]);
    const run = gpu.step((t: Tensor, c: Tensor | null) => network.run(network.weights, x, t, c));
    const at = async (t: number[], c: number[] | null) => {
      const y = run(tensor(t), c && tensor(c, [3], 'u32'));
      expect(y.shape).toEqual([3, 2, 2, 1]);
      return floats(y);
    };
    const none = await at([0.1, 0.5, 0.9], null);
    expect(await at([0.1, 0.5, 0.9], [3, 3, 3])).toEqual(none);
    const other = await at([0.1, 0.6, 0.9], [3, 3, 1]);
    expect(other.slice(0, 4)).toEqual(none.slice(0, 4));
    for (const row of [1, 2]) {
      expect(other.slice(4 * row, 4 * row + 4)).not.toEqual(none.slice(4 * row, 4 * row + 4));
    }
  });
});

describe('the U-Net', () => {
  const config = { channels: 8, levels: 3, blocks: 1, attend: 4, heads: 2, groups: 4 };

  /** A U-Net none of whose layers is silent. */
  function awake(shape: number[], classes = 0) {
    const network = unet(config, { shape, classes });
    for (const v of variablesOf(network.weights)) v.assign(mul(normal(v.shape), 0.2));
    return network;
  }

  test('gives zeros at first, for images of any size', async () => {
    for (const shape of [
      [8, 8, 1],
      [7, 5, 3],
    ]) {
      const network = unet(config, { shape });
      const x = normal([2, ...shape]);
      const y = network.run(network.weights, x, tensor([0.1, 0.9]));
      expect(y.shape).toEqual([2, ...shape]);
      expect((await floats(y)).every((v) => v === 0)).toBe(true);
    }
  });

  test('every weight and every image has its part in what it gives', async () => {
    const network = awake([7, 7, 1], 3);
    const x = tensor(await floats(normal([2, 7, 7, 1])), [2, 7, 7, 1]);
    const weights = variablesOf(network.weights);
    const run = gpu.step((t: Tensor, c: Tensor) => {
      const y = network.run(network.weights, x, t, c);
      return { y, gradients: grad(sum(mul(y, y)), weights) };
    });
    const at = async (t: number[], c: number[]) => floats(run(tensor(t), tensor(c, [2], 'u32')).y);
    const base = await at([0.3, 0.3], [0, 0]);
    const { gradients } = run(tensor([0.3, 0.3]), tensor([0, 0], [2], 'u32'));
    for (const [i, g] of gradients.entries()) {
      expect(
        (await floats(g)).some((v) => v !== 0),
        weights[i].name,
      ).toBe(true);
    }
    const [first, second] = [(y: Float32Array) => y.slice(0, 49), (y: Float32Array) => y.slice(49)];
    const other = await at([0.3, 0.8], [0, 0]);
    expect(first(other)).toEqual(first(base));
    expect(second(other)).not.toEqual(second(base));
    const classy = await at([0.3, 0.3], [0, 2]);
    expect(first(classy)).toEqual(first(base));
    expect(second(classy)).not.toEqual(second(base));
  });
});
