import { beforeAll, describe, expect, test } from 'vitest';
import { add, type Gpu, grad, mul, normal, slice, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { drawToy } from '../models/data/draw.ts';
import type { Source } from '../models/data/source.ts';
import { pointViews } from '../models/gan/views.ts';
import { wganGp } from '../models/gan/wgan_gp.ts';
import { study } from '../models/index.ts';
import { toyStats } from '../models/metrics/toys.ts';
import { onePass } from '../models/sampler.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

describe('WGAN-GP', () => {
  const gan = (data: 'two_moons' | 'digits8', shape: number[], more = {}) =>
    wganGp(settle('wgan_gp', data, { hidden: 16, batch: 32, ...more }), shape);

  test('the gradient of the penalty is that of finite differences', async () => {
    const model = gan('two_moons', [2]);
    const points = tensor(await floats(normal([8, 2])), [8, 2]); // few, for the penalty jumps at kinks
    const { variables } = model.optimisers.critic;
    const { penalty, gradients } = gpu.step((x: Tensor) => {
      const penalty = model.penalty(x);
      return { penalty, gradients: grad(penalty, variables) };
    })(points);
    expect(await penalty.item()).toBeGreaterThan(0.01);

    const value = gpu.step((x: Tensor) => model.penalty(x));
    const h = 5e-4;
    for (const [i, v] of variables.entries()) {
      const found = await floats(gradients[i]);
      const weights = (await v.data()) as Float32Array;
      const shifted = async (by: number) => {
        v.write(weights.map((w, j) => w + by * found[j]));
        return value(points).item();
      };
      // Along the gradient itself the slope is its squared norm.
      const length = found.reduce((sum, g) => sum + g * g, 0);
      const scale = h / Math.sqrt(length || 1);
      const slope = ((await shifted(scale)) - (await shifted(-scale))) / (2 * scale);
      v.write(weights);
      expect(Math.abs(slope - length), v.name).toBeLessThan(0.02 * length + 1e-4);
    }
  });

  test('a step moves critic, generator and average, and keeps pixels in 0..1', async () => {
    const model = gan('digits8', [8, 8, 1]);
    const before = await Promise.all(model.optimisers.critic.variables.map((v) => v.data()));
    const step = gpu.step((x: Tensor, i: number) => model.step(x, i));
    const x = tensor(new Float32Array(model.rows * 64).fill(0.3), [model.rows, 8, 8, 1]);
    const losses = step(x, 0);
    for (const name of ['critic', 'penalty', 'generator']) {
      expect(Number.isFinite(await losses[name].item()), name).toBe(true);
    }
    expect(model.optimisers.critic.updates).toBe(3);
    expect(model.optimisers.generator.updates).toBe(1);
    const after = await Promise.all(model.optimisers.critic.variables.map((v) => v.data()));
    expect(after).not.toEqual(before);
    const pixels = await floats(await model.sampler(5).draw());
    expect(pixels.length).toBe(5 * 64);
    expect(Math.min(...pixels)).toBeGreaterThan(0);
    expect(Math.max(...pixels)).toBeLessThan(1);
  });

  test('training brings samples closer to the data', async () => {
    const steps = 150;
    const model = gan('two_moons', [2], { steps, hidden: 32, batch: 64, average: 0.9, lr: 4e-3 });
    const step = gpu.step((i: number) => model.step(drawToy('two_moons', model.rows), i));
    const distance = async () =>
      toyStats('two_moons', await floats(await model.sampler(500).draw()), 500).energyDistance;
    const before = await distance();
    for (let i = 0; i < steps; i++) await step(i).critic.item();
    expect(await distance()).toBeLessThan(0.5 * before);
  });
});

test.each(['gan', 'lsgan', 'wgan', 'wgan_gp', 'r1_gan', 'sngan'] as const)(
  '%s: steps update the critic as often as they say, and every weight stays finite',
  async (name) => {
    const { model } = await study(name, 'two_moons', { hidden: 16, batch: 8, critics: 2 });
    const step = gpu.step((i: number) => model.step(drawToy('two_moons', model.rows), i));
    for (let i = 0; i < 3; i++) await step(i).critic.item();
    expect(model.optimisers.critic.updates).toBe(6);
    const all = Object.values(model.optimisers).flatMap(({ variables }) => variables);
    for (const v of all) expect((await v.data()).every(Number.isFinite), v.name).toBe(true);
  },
);

describe('views of points', () => {
  const form = { kind: 'points', extent: 3 } as const;
  const source = { name: 'grid25', form } as Partial<Source> as Source;
  const side = 128;

  test('the field is the score over the plane, y upwards, from 0 to 1', async () => {
    const score = (x: Tensor) => add(slice(x, [[], [0, 1]]), mul(slice(x, [[], [1, 2]]), 2));
    const { images, form } = await pointViews(score, () => onePass(() => tensor([0]))).field(
      source,
    );
    expect([form?.height, form?.width]).toEqual([side, side]);
    const at = (row: number, column: number) => images[row * side + column];
    expect(at(0, side - 1)).toBeCloseTo(1, 6);
    expect(at(side - 1, 0)).toBeCloseTo(0, 6);
    expect(at(0, 0)).toBeCloseTo(2 / 3, 6);
    expect(at(side - 1, side - 1)).toBeCloseTo(1 / 3, 6);
  });

  test('modes are bars as high as their shares', async () => {
    const points = Float32Array.from({ length: 8000 }, (_, i) => (i < 160 ? [-2, -2][i % 2] : 9));
    const sampler = () => onePass(() => tensor(points, [4000, 2])); // 80 of a fair share of 160
    const { images } = await pointViews((x) => x, sampler).modes(source);
    const lit = (column: number) =>
      Array.from({ length: side }, (_, row) => images[row * side + column]).filter((v) => v === 1);
    expect(lit(1).length).toBe(side / 4);
    expect(lit(20).length).toBe(0);
  });
});
