import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, grad, type Tensor, tensor, variable } from '../engine/index.ts';
import * as o from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { batchNorm, batchNormInit, statisticsInit } from '../models/gan/batch_norm.ts';
import { dcgan } from '../models/gan/dcgan.ts';
import { classStats } from '../models/gan/evaluate.ts';
import { projected } from '../models/gan/projection.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const make = (data: 'digits8' | 'mnist' | 'emoji16', shape: number[], more = {}) =>
  dcgan(settle('dcgan', data, { channels: 4, batch: 8, noise: 5, ...more }), shape, 3);

describe('a step moves both networks', () => {
  test.each([
    ['digits8', [8, 8, 1], {}],
    ['digits8', [8, 8, 1], { loss: 'hinge', norm: 'spectral', conditional: 'class' }],
    ['mnist', [28, 28, 1], { conditional: 'class' }],
    ['emoji16', [16, 16, 3], { loss: 'wgan_gp', norm: 'layer', conditional: 'class', critics: 2 }],
  ] as const)('%s %j %j', async (data, shape, more) => {
    const model = make(data, [...shape], more);
    const weights = () =>
      Promise.all(
        Object.values(model.optimisers).flatMap(({ variables }) => variables.map((v) => v.data())),
      );
    const before = await weights();
    const step = gpu.step((x: Tensor, c: Tensor) => model.step(x, 0, c));
    const x = o.uniform([model.rows, ...shape]);
    const classes = Uint32Array.from({ length: model.rows }, (_, i) => i % 3);
    const shown = step(tensor(await floats(x), [model.rows, ...shape]), tensor(classes));
    const named = 'loss' in more && more.loss === 'wgan_gp' ? ['penalty'] : [];
    for (const name of ['critic', 'generator', ...named]) {
      expect(Number.isFinite(await shown[name].item()), name).toBe(true);
    }
    (await weights()).forEach((after, i) => {
      // The last bias is not felt where only differences of scores are.
      if (after.length > 1) expect(after, `weight ${i}`).not.toEqual(before[i]);
    });
    const pixels = await floats(await model.sampler(5).draw());
    expect(pixels.length).toBe(5 * shape[0] * shape[1] * shape[2]);
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
  });
});

test('the penalty through convolutions and layer norms: finite differences', async () => {
  const model = make('digits8', [8, 8, 1], { loss: 'wgan_gp', norm: 'layer' });
  const { variables } = model.optimisers.critic;
  for (const v of variables) v.assign(o.mul(o.reshape(v, v.shape), 5)); // slopes away from 0
  const [real, fake] = await Promise.all(
    [0, 1].map(async () => tensor(await floats(o.uniform([2, 8, 8, 1])), [2, 8, 8, 1])),
  );
  const run = () => model.criticLoss(real, fake).penalty;
  const same = { seed: 3, stream: 1 }; // of the places between
  const { penalty, gradients } = gpu.step(() => {
    const penalty = run();
    return { penalty, gradients: grad(penalty, variables) };
  }, same)();
  expect(await penalty.item()).toBeGreaterThan(0.01);
  const value = gpu.step(run, same);
  for (const [i, v] of variables.entries()) {
    const found = await floats(gradients[i]);
    const weights = ((await v.data()) as Float32Array).slice();
    const length = Math.sqrt(found.reduce((sum, g) => sum + g * g, 0));
    if (length < 1e-3) continue;
    const h = 3e-4; // beyond lie kinks of the leaky relu, where the penalty jumps
    const shifted = (by: number) => {
      v.write(weights.map((w, j) => w + (by * found[j]) / length));
      value.runs = 0;
      return value().item();
    };
    const slope = ((await shifted(h)) - (await shifted(-h))) / (2 * h);
    v.write(weights);
    expect(Math.abs(slope / length - 1), v.name).toBeLessThan(0.03);
  }
});

test('it refuses a penalty of each image with a norm over the batch', () => {
  expect(() => make('digits8', [8, 8, 1], { loss: 'wgan_gp' })).toThrow(/--norm layer/);
});

describe('batch norm', () => {
  const x = Float32Array.from({ length: 6 * 4 * 2 }, (_, i) => Math.sin(i * i) * (1 + (i % 2)) + 3);

  test('in training every channel has mean 0 and variance 1; later the running ones', async () => {
    const [weights, running] = [batchNormInit(2), statisticsInit(2)];
    const images = () => tensor(x, [6, 2, 2, 2]);
    const train = gpu.step(() => batchNorm(weights, running, images(), { training: true }));
    const y = await floats(train());
    for (const c of [0, 1]) {
      const channel = Array.from(y).filter((_, i) => i % 2 === c);
      const mean = channel.reduce((a, b) => a + b, 0) / 24;
      const variance = channel.reduce((a, b) => a + (b - mean) ** 2, 0) / 24;
      expect(Math.abs(mean)).toBeLessThan(1e-5);
      expect(Math.abs(variance - 1)).toBeLessThan(1e-4);
    }
    for (let i = 0; i < 20; i++) train();
    const later = await floats(gpu.step(() => batchNorm(weights, running, images(), {}))());
    later.forEach((v, i) => {
      expect(Math.abs(v - y[i])).toBeLessThan(0.05); // what all began as still weighs 1e-3
    });
  });

  test('scale and shift are those of the class', async () => {
    const scale = variable([1, 1, 2, 3], [2, 2]);
    const shift = variable([0, 0, 5, 6], [2, 2]);
    const running = statisticsInit(2);
    const at = (classes?: Tensor) =>
      batchNorm({ scale, shift }, running, tensor(x, [6, 2, 2, 2]), { classes });
    const plain = await floats(at(tensor(new Uint32Array(6))));
    const asked = await floats(at(tensor(Uint32Array.of(0, 1, 0, 1, 1, 0))));
    asked.forEach((v, i) => {
      const second = [0, 1, 0, 1, 1, 0][Math.floor(i / 8)];
      const wanted = second ? plain[i] * (2 + (i % 2)) + 5 + (i % 2) : plain[i];
      expect(v).toBeCloseTo(wanted, 4);
    });
  });
});

test('a projection is the product of features with the row of the class', async () => {
  const table = tensor([1, 2, 3, 4, 5, 6], [3, 2]);
  const features = tensor([1, 1, 2, 0, 0, 3], [3, 2]);
  const y = projected(table, features, tensor(Uint32Array.of(2, 0, 1)));
  expect(Array.from(await floats(y))).toEqual([11, 2, 12]);
});

test('classes: covered, reverse KL, and as asked', () => {
  const classes = [0, 1, 2, 2];
  const all = classStats([0, 1, 2, 0, 1, 3], classes, 3, true);
  expect(all).toMatchObject({ classes: 3, asAsked: 1 });
  expect(all.classKl).toBeCloseTo(0, 12);
  const one = classStats([2, 3, 2, 3], classes, 3, false);
  expect(one.classes).toBe(1);
  expect(one.classKl).toBeCloseTo(Math.log(3), 12);
  expect(one).not.toHaveProperty('asAsked');
});
