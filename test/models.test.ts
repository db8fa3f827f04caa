import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Gpu,
  grad,
  logAbsDet,
  normal,
  slice,
  stack,
  sum,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { drawToy } from '../models/data/draw.ts';
import { type ToyName, toys } from '../models/data/toys.ts';
import { realnvp } from '../models/flow/realnvp.ts';
import { wganGp } from '../models/gan/wgan_gp.ts';
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
    // A checkerboard point that f32 rounds onto the edge has no density: one such is -Infinity.
    expect(Math.abs(-mean - toys[name].entropy)).toBeLessThan(0.06);
    expect(Math.abs(toyStats(name, points, 1000).energyDistance)).toBeLessThan(0.012);
  });
});

describe('RealNVP', () => {
  const flow = () => realnvp({ ...settle('realnvp', 'two_moons'), layers: 5, hidden: 16 });

  test('inverse undoes forward, and their log-determinants cancel', async () => {
    const model = flow();
    const x = await floats(normal([257, 2]));
    const { back, there, andBack } = gpu.step((points: Tensor) => {
      const [z, there] = model.forward(points);
      const [back, andBack] = model.inverse(z);
      return { back, there, andBack };
    })(tensor(x, [257, 2]));
    const [a, b, c] = [await floats(back), await floats(there), await floats(andBack)];
    for (const [i, v] of a.entries()) expect(Math.abs(v - x[i])).toBeLessThan(1e-4);
    for (const [i, v] of b.entries()) expect(Math.abs(v + c[i])).toBeLessThan(1e-4);
    expect(Math.max(...b.map(Math.abs))).toBeGreaterThan(0.01); // not the identity
  });

  test('the log-determinant is that of the Jacobian', async () => {
    const model = flow();
    const { exact, claimed } = gpu.step((points: Tensor) => {
      const [z, claimed] = model.forward(points);
      // Row i of z depends on row i of x alone, so one gradient of a column sum gives all rows.
      const columns = [0, 1].map((d) => grad(sum(slice(z, [null, [d, d + 1]])), [points])[0]);
      return { exact: logAbsDet(stack(columns, 1)), claimed }; // [B, 2, 2]
    })(tensor(await floats(normal([33, 2])), [33, 2]));
    const [a, b] = [await floats(exact), await floats(claimed)];
    for (const [i, v] of a.entries()) expect(Math.abs(v - b[i])).toBeLessThan(1e-4);
  });

  test('the density integrates to one', async () => {
    const model = flow();
    const [side, box] = [200, 14];
    const at = (i: number) => ((i + 0.5) / side - 0.5) * box;
    const grid = Float32Array.from({ length: 2 * side * side }, (_, i) =>
      at(i % 2 === 0 ? Math.floor(i / 2 / side) : (i >> 1) % side),
    );
    const step = gpu.step((x: Tensor) => model.logDensity(x));
    const values = await floats(step(tensor(grid, [side * side, 2])));
    const integral = values.reduce((s, l) => s + Math.exp(l) * (box / side) ** 2, 0);
    expect(integral).toBeCloseTo(1, 2);
  });

  test('training lowers the loss', async () => {
    const settings = { ...settle('realnvp', 'two_moons'), steps: 150, hidden: 32, batch: 128 };
    const model = realnvp(settings);
    const step = gpu.step((i: number) => model.step(drawToy('two_moons', model.rows), i));
    const losses: number[] = [];
    for (let i = 0; i < settings.steps; i++) losses.push(await step(i).loss.item());
    const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(losses.slice(0, 5))).toBeGreaterThan(2.5);
    expect(mean(losses.slice(-20))).toBeLessThan(2.3);
  });
});

describe('WGAN-GP', () => {
  const gan = (data: 'two_moons' | 'digits8', shape: number[], more = {}) =>
    wganGp(settle('wgan_gp', data, { hidden: 16, batch: 32, ...more }), shape);

  test('the gradient of the penalty is that of finite differences', async () => {
    const model = gan('two_moons', [2]);
    const points = tensor(await floats(normal([64, 2])), [64, 2]);
    const { variables } = model.optimisers.critic;
    const { penalty, gradients } = gpu.step((x: Tensor) => {
      const penalty = model.penalty(x);
      return { penalty, gradients: grad(penalty, variables) };
    })(points);
    expect(await penalty.item()).toBeGreaterThan(0.01);

    const value = gpu.step((x: Tensor) => model.penalty(x));
    const h = 2e-3;
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
    const pixels = await floats(model.sample(5));
    expect(pixels.length).toBe(5 * 64);
    expect(Math.min(...pixels)).toBeGreaterThan(0);
    expect(Math.max(...pixels)).toBeLessThan(1);
  });

  test('training brings samples closer to the data', async () => {
    const steps = 150;
    const model = gan('two_moons', [2], { steps, hidden: 32, batch: 64, average: 0.9, lr: 4e-3 });
    const step = gpu.step((i: number) => model.step(drawToy('two_moons', model.rows), i));
    const distance = async () =>
      toyStats('two_moons', await floats(model.sample(500)), 500).energyDistance;
    const before = await distance();
    for (let i = 0; i < steps; i++) await step(i).critic.item();
    expect(await distance()).toBeLessThan(0.5 * before);
  });
});
