import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  broadcastTo,
  type Gpu,
  grad,
  mean,
  mul,
  normal,
  sgd,
  silu,
  sub,
  sum,
  type Tensor,
  tensor,
  variable,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { total } from '../models/chunks.ts';
import { drawToy } from '../models/data/draw.ts';
import { randomStream } from '../models/data/random.ts';
import { mlp, mlpInit } from '../models/mlp.ts';
import { rademacher } from '../models/score/divergence.ts';
import { evaluateScore } from '../models/score/evaluate.ts';
import { denoising, implicit, scoreMatching, sliced } from '../models/score/score_matching.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const network = () => {
  const layers = mlpInit([2, 16, 16, 2]);
  return (x: Tensor) => mlp(layers, x, silu);
};
const points = async (n: number) => tensor(await floats(normal([n, 2])), [n, 2]);

describe('score matching', () => {
  test('the implicit objective of a Gaussian is least for −(x − μ) / σ²', async () => {
    // 500 points of mean μ and variance σ² in each coordinate, to rounding.
    const [mu, variance, n] = [[0.7, -1.2], 0.36, 500];
    const random = randomStream(1, 0);
    const raw = Float64Array.from({ length: 2 * n }, () => random.normal());
    const column = (c: number) => raw.filter((_, i) => i % 2 === c);
    const means = [0, 1].map((c) => total(column(c)) / n);
    const sizes = [0, 1].map((c) =>
      Math.sqrt(total(column(c).map((v) => (v - means[c]) ** 2)) / n),
    );
    const data = raw.map((v, i) => mu[i % 2] + 0.6 * ((v - means[i % 2]) / sizes[i % 2]));

    const [slope, centre] = [variable([0], [1]), variable([0, 0])];
    const optimiser = sgd([slope, centre], { lr: 0.1 });
    const step = gpu.step((x: Tensor) => {
      const loss = mean(implicit((at) => mul(sub(at, centre), slope), x));
      optimiser.update(grad(loss, optimiser.variables));
    });
    const x = tensor(Float32Array.from(data), [n, 2]);
    for (let i = 0; i < 300; i++) step(x);
    const [[a], b] = [await slope.data(), await centre.data()];
    expect(a).toBeCloseTo(-1 / variance, 3);
    expect(b[0]).toBeCloseTo(mu[0], 3);
    expect(b[1]).toBeCloseTo(mu[1], 3);
  });

  test('the sliced objective is the implicit one in the mean over slices', async () => {
    const score = network();
    const x = await points(6);
    const run = gpu.step((at: Tensor) => {
      const corners = [-1, 1].flatMap((a) => [-1, 1].map((b) => tensor([a, b])));
      const all = corners.map((v) => sliced(score, at, broadcastTo(v, at.shape)));
      return {
        mean: mul(
          all.reduce((a, b) => add(a, b)),
          1 / 4,
        ),
        one: all[0],
        exact: implicit(score, at),
      };
    });
    const { mean: over, one, exact } = run(x);
    const [a, b, c] = await Promise.all([over, exact, one].map(floats));
    for (const [i, v] of a.entries()) {
      expect(Math.abs(v - b[i])).toBeLessThan(1e-5 * (1 + Math.abs(b[i])));
    }
    expect(Math.max(...c.map((v, i) => Math.abs(v - b[i])))).toBeGreaterThan(1e-3); // one is not it
  });

  test.each([
    ['rademacher', rademacher],
    ['gaussian', normal],
  ] as const)('%s slices have no bias', async (_, draw) => {
    const score = network();
    const n = 20_000;
    const run = gpu.step((point: Tensor) => {
      const x = broadcastTo(point, [n, 2]);
      return { one: sliced(score, x, draw([n, 2])), exact: implicit(score, point) };
    });
    const { one, exact } = run(await points(1));
    const values = await floats(one);
    const average = total(values) / n;
    const variance = total(values.map((v) => (v - average) ** 2)) / n;
    expect(variance).toBeGreaterThan(1e-6);
    // Five standard errors, with room for f32.
    const allowed = 5 * Math.sqrt(variance / n) + 1e-5;
    expect(Math.abs(average - (await exact.item()))).toBeLessThan(allowed);
  });

  test('the denoising objective is the implicit one of noisy data plus a constant', async () => {
    // The mean over the noise by the midpoint rule, which is exact to rounding for smooth functions:
    // ½ E‖σ s + ε‖² / σ² − E [tr ∂s/∂x + ½‖s‖²] = D / 2σ² for every network.
    const [sigma, side, reach] = [0.5, 80, 6];
    const h = (2 * reach) / side;
    const at = (i: number) => (i + 0.5) * h - reach;
    const noise = Array.from({ length: side * side }, (_, i) => [
      at(i % side),
      at(Math.floor(i / side)),
    ]);
    const weight = noise.map(([a, b]) => (Math.exp(-(a * a + b * b) / 2) / (2 * Math.PI)) * h * h);
    expect(total(weight)).toBeCloseTo(1, 6);
    const centre = tensor([0.4, -0.3], [1, 2]);
    const objectives: number[] = [];
    for (let k = 0; k < 3; k++) {
      const score = network();
      const run = gpu.step((e: Tensor, w: Tensor) => {
        const x = broadcastTo(centre, e.shape);
        const noisy = add(x, mul(e, sigma));
        return {
          denoising: sum(mul(denoising(score, x, e, sigma), w)),
          implicit: sum(mul(implicit(score, noisy), w)),
        };
      });
      const found = run(tensor(noise), tensor(weight));
      const value = await found.implicit.item();
      const difference = (await found.denoising.item()) / sigma ** 2 - value;
      expect(Math.abs(difference - 1 / sigma ** 2)).toBeLessThan(2e-5);
      objectives.push(value);
    }
    expect(Math.abs(objectives[0] - objectives[1])).toBeGreaterThan(1e-3); // networks differ
  });
});

// The denoising objective is the noisiest and takes more steps, each of which is cheaper.
test.each([
  ['denoising', 400],
  ['implicit', 150],
  ['sliced', 150],
] as const)(
  'training by the %s objective brings the score closer to the exact one',
  async (objective, steps) => {
    const toy = 'eight_gaussians';
    const model = scoreMatching(
      settle('score_matching', toy, { objective, steps, sigma: 0.5, hidden: 32, lr: 5e-3 }),
    );
    const before = await evaluateScore(model, toy, 0.5);
    expect(before.relativeScoreError).toBeGreaterThan(0.8);
    const step = gpu.step((i: number) => model.step(drawToy(toy, model.rows), i));
    for (let i = 0; i < steps; i++) step(i);
    const after = await evaluateScore(model, toy, 0.5);
    expect(after.fisherDivergence).toBeLessThan(0.25 * before.fisherDivergence);
  },
);
