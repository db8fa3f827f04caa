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
import { flowpp } from '../models/flow/flowpp.ts';
import { iaf } from '../models/flow/iaf.ts';
import type { Flow } from '../models/flow/likelihood.ts';
import { autoregressive, maf } from '../models/flow/maf.ts';
import { type Autoregression, planeAutoregression } from '../models/flow/made.ts';
import { nice } from '../models/flow/nice.ts';
import { realnvp } from '../models/flow/realnvp.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const toy = 'two_moons';
const small = { layers: 3, hidden: 16 };

/** A model, and how far its inverse may be off: a bisection ends, and steep layers enlarge rounding. */
const flows: Record<string, { make(more?: object): Flow; error: number }> = {
  nice: { make: (more) => nice({ ...settle('nice', toy, small), ...more }), error: 1e-5 },
  realnvp: { make: (more) => realnvp({ ...settle('realnvp', toy, small), ...more }), error: 1e-4 },
  maf: { make: (more) => maf({ ...settle('maf', toy, small), ...more }), error: 1e-4 },
  iaf: { make: (more) => iaf({ ...settle('iaf', toy, small), ...more }), error: 1e-4 },
  flowpp: { make: (more) => flowpp({ ...settle('flowpp', toy, small), ...more }), error: 1e-4 },
};

describe.each(Object.entries(flows))('%s', (name, { make, error }) => {
  test('inverse undoes forward, and their log-determinants cancel', async () => {
    const model = make();
    const x = await floats(normal([257, 2]));
    const { back, there, andBack } = gpu.step((points: Tensor) => {
      const [z, there] = model.forward(points);
      const [back, andBack] = model.inverse(z);
      return { back, there, andBack };
    })(tensor(x, [257, 2]));
    const [a, b, c] = [await floats(back), await floats(there), await floats(andBack)];
    const [off, sums] = [
      worst(a, x),
      worst(
        b,
        c.map((v) => -v),
      ),
    ];
    expect(off).toBeLessThan(error);
    expect(sums).toBeLessThan(error);
    if (name !== 'nice') expect(Math.max(...b.map(Math.abs))).toBeGreaterThan(0.01); // not the identity
    console.info(`${name}: inverse off by ${off}, log-determinants by ${sums}`);
  });

  test('the log-determinant is that of the Jacobian', async () => {
    const model = make();
    const { exact, claimed } = gpu.step((points: Tensor) => {
      const [z, claimed] = model.forward(points);
      // Row i of z depends on row i of x alone, so one gradient of a column sum gives all rows.
      const columns = [0, 1].map((d) => grad(sum(slice(z, [null, [d, d + 1]])), [points])[0]);
      return { exact: logAbsDet(stack(columns, 1)), claimed }; // [B, 2, 2]
    })(tensor(await floats(normal([33, 2])), [33, 2]));
    const b = await floats(claimed);
    for (const [i, v] of (await floats(exact)).entries()) {
      expect(Math.abs(v - b[b.length === 1 ? 0 : i])).toBeLessThan(1e-4);
    }
  });

  test('the density integrates to the share of samples in a box, nearly one', async () => {
    const model = make();
    const [side, box] = [240, 20];
    const at = (i: number) => ((i + 0.5) / side - 0.5) * box;
    const grid = Float32Array.from({ length: 2 * side * side }, (_, i) =>
      at(i % 2 === 0 ? Math.floor(i / 2 / side) : (i >> 1) % side),
    );
    const step = gpu.step((x: Tensor) => model.logDensity(x));
    const values = await floats(step(tensor(grid, [side * side, 2])));
    const integral = values.reduce((s, l) => s + Math.exp(l) * (box / side) ** 2, 0);
    const samples = await floats(await model.sampler(10_000).draw());
    let inside = 0;
    for (let i = 0; i < samples.length; i += 2) {
      if (Math.max(Math.abs(samples[i]), Math.abs(samples[i + 1])) < box / 2) inside++;
    }
    expect(Math.abs(integral - inside / 10_000)).toBeLessThan(0.004); // 4 standard errors where 1 % is outside
    expect(integral).toBeGreaterThan(0.97);
    expect(integral).toBeLessThan(1.001);
  });

  test('training lowers the loss', async () => {
    const settings = { steps: 60, batch: 128, lr: 1e-2 };
    const model = make(settings);
    const step = gpu.step((i: number) => model.step(drawToy(toy, model.rows), i));
    const losses: number[] = [];
    for (let i = 0; i < settings.steps; i++) losses.push(await step(i).loss.item());
    const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length;
    const [first, last] = [mean(losses.slice(0, 3)), mean(losses.slice(-10))];
    expect(last).toBeLessThan(first - 0.3);
    expect(last).toBeLessThan(2.75);
  });
});

test('MAF and IAF: one pass one way, one for each dimension the other', () => {
  const network = planeAutoregression(4);
  let passes = 0;
  const counted: Autoregression = {
    variables: network.variables,
    of(x) {
      passes++;
      return network.of(x);
    },
  };
  const layer = autoregressive(counted, 2);
  const count = (map: (x: Tensor) => unknown) => {
    passes = 0;
    map(normal([3, 2]));
    return passes;
  };
  expect(count(layer.forward)).toBe(1);
  expect(count(layer.inverse)).toBe(2);
});

const worst = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i % b.length])), 0);
