import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Gpu,
  grad,
  logAbsDet,
  normal,
  slice,
  stack,
  sum,
  tensor,
  type Tensor,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { drawToy } from '../models/data/draw.ts';
import { realnvp } from '../models/flow/realnvp.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const floats = async (t: Tensor) => (await t.data()) as Float32Array;

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
