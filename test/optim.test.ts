import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor, Variable } from '../engine/index.ts';
import { normal } from './inputs.ts';
import { ready } from './open.ts';

// Each rule against float64 loops written from its paper (or from PyTorch, where it defines it).

let gpu: o.Gpu;
beforeAll(async () => {
  gpu = await ready();
});

/** Shapes that fill a part of a packed buffer, none of it, and more than one. */
const shapes = [[3, 2], [1], [71], []];
const start = shapes.map((s) => normal(s));
const slopes = Array.from({ length: 4 }, () => shapes.map((s) => normal(s)));

/** New parameter from old, gradient, update number from 1, and a place for state. */
type Rule = (p: number, g: number, t: number, s: Record<string, number>) => number;
type Make = (variables: Variable[]) => o.Optimiser;

const adam =
  (lr: number, decay = 0): Rule =>
  (p, g, t, s) => {
    s.m = 0.9 * (s.m ?? 0) + 0.1 * g;
    s.v = 0.999 * (s.v ?? 0) + 0.001 * g * g;
    const width = Math.sqrt(s.v / (1 - 0.999 ** t)) + 1e-8;
    return p * (1 - lr * decay) - (lr * (s.m / (1 - 0.9 ** t))) / width;
  };

const rows: [string, Make, Rule][] = [
  ['sgd', (v) => o.sgd(v, { lr: 0.1 }), (p, g) => p - 0.1 * g],
  [
    'sgd with momentum',
    (v) => o.sgd(v, { lr: 0.1, momentum: 0.9 }),
    (p, g, _, s) => {
      s.b = 0.9 * (s.b ?? 0) + g;
      return p - 0.1 * s.b;
    },
  ],
  ['adam', (v) => o.adam(v, { lr: 0.01 }), adam(0.01)],
  ['adamW', (v) => o.adamW(v, { lr: 0.01, weightDecay: 0.1 }), adam(0.01, 0.1)],
  [
    'rmsProp',
    (v) => o.rmsProp(v, { lr: 0.01 }),
    (p, g, _, s) => {
      s.v = 0.99 * (s.v ?? 0) + 0.01 * g * g;
      return p - (0.01 * g) / (Math.sqrt(s.v) + 1e-8);
    },
  ],
];

const tensors = (step: number): Tensor[] =>
  slopes[step].map((g) => o.tensor(Float32Array.from(g.data), g.shape));
const variables = (): Variable[] =>
  start.map((p) => o.variable(Float32Array.from(p.data), p.shape));

describe('optimisers', () => {
  test.each(rows)('%s', async (_, make, rule) => {
    const vs = variables();
    const optimiser = make(vs);
    const step = gpu.step((...g: Tensor[]) => {
      optimiser.update(g);
    });
    const want = start.map((p) => Array.from(p.data));
    const state = start.map((p) => Array.from(p.data, () => ({})));
    for (let t = 0; t < slopes.length; t++) {
      step(...tensors(t));
      want.forEach((p, i) => {
        for (let k = 0; k < p.length; k++)
          p[k] = rule(p[k], slopes[t][i].data[k], t + 1, state[i][k]);
      });
    }
    expect(optimiser.updates).toBe(4);
    for (const [i, v] of vs.entries()) {
      (await v.data()).forEach((x, k) => {
        expect(Math.abs(x - want[i][k])).toBeLessThan(1e-5);
      });
    }
  });

  test('clip bounds the norm of all gradients together', async () => {
    const vs = variables();
    const optimiser = o.sgd(vs, { lr: 1 });
    const step = gpu.step((...g: Tensor[]) => optimiser.update(g, { clip: 0.5 }));
    const norm = await step(...tensors(0))!.item();
    const all = slopes[0].flatMap((g) => Array.from(g.data));
    const want = Math.sqrt(all.reduce((a, g) => a + g * g, 0));
    expect(norm).toBeCloseTo(want, 4);
    const got = await vs[2].data();
    got.forEach((x, k) => {
      expect(x).toBeCloseTo(start[2].data[k] - (0.5 / want) * slopes[0][2].data[k], 5);
    });
  });

  test('bound keeps all variables within it, update after update', async () => {
    const vs = variables();
    const optimiser = o.adam(vs, { lr: 1 });
    gpu.step((...g: Tensor[]) => {
      optimiser.update(g, { bound: 0.5 });
      optimiser.update(g, { bound: 0.5 });
    })(...tensors(0));
    for (const v of vs) {
      const values = await v.data();
      expect(values.every((x) => Math.abs(x) <= 0.5)).toBe(true);
      expect(values.some((x) => Math.abs(x) === 0.5)).toBe(true);
    }
  });

  test('a learning rate of the moment compiles nothing', () => {
    const optimiser = o.adam(variables());
    const compiled: string[] = [];
    gpu.onCompile = (file) => compiled.push(file);
    const step = gpu.step((lr: number) => optimiser.update(tensors(1), { lr }));
    step(0.1);
    const before = compiled.length;
    for (let i = 0; i < 5; i++) step(0.1 / (i + 2));
    gpu.onCompile = null;
    expect(compiled.length).toBe(before);
  });

  test('ema follows at its decay', async () => {
    const vs = variables();
    const optimiser = o.sgd(vs, { lr: 0.1 });
    const average = o.ema(vs, 0.9);
    const step = gpu.step((...g: Tensor[]) => {
      optimiser.update(g);
      average.update();
    });
    const before = await vs[2].data();
    step(...tensors(0));
    const [now, mean] = [await vs[2].data(), await average.tree[2].data()];
    mean.forEach((m, k) => {
      expect(m).toBeCloseTo(0.9 * before[k] + 0.1 * now[k], 6);
    });
  });
});
