import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  div,
  type Gpu,
  mul,
  reshape,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  variablesOf,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { drawToy } from '../models/data/draw.ts';
import { toys } from '../models/data/toys.ts';
import { toyStats } from '../models/metrics/toys.ts';
import { type Annealing, annealedLangevin, ncsn, noiseAt } from '../models/score/ncsn.ts';
import { sdeModel } from '../models/score/sde.ts';
import { drawOnce, type Sampler } from '../models/sampler.ts';
import { calls } from './api.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const annealing: Annealing = { most: 4, least: 0.05, levels: 10, moves: 20, rate: 0.2 };
const { centres, sigma } = toys.eight_gaussians.modes as { centres: Float64Array; sigma: number };

/** The exact score of eight Gaussians with noise of the level at t. */
const exactScore = (levels: Annealing) => (x: Tensor, t: Tensor) => {
  const column = (v: Tensor) => reshape(v, [-1, 1, 1]);
  const variance = add(square(column(noiseAt(levels, t))), sigma ** 2); // [n, 1, 1]
  const away = sub(tensor(Float32Array.from(centres), [1, 8, 2]), reshape(x, [-1, 1, 2]));
  const exponent = div(sum(square(away), 2), mul(reshape(variance, [-1, 1]), -2)); // [n, 8]
  const weighted = mul(away, reshape(softmax(exponent), [-1, 8, 1]));
  return sum(div(weighted, variance), 1);
};

describe('annealed Langevin dynamics', () => {
  test('levels are a geometric progression from σ₁ to σ_L', async () => {
    const found = await floats(noiseAt(annealing, tensor([0, 0.25, 0.5, 1])));
    [4, 4 / 80 ** 0.25, 4 / 80 ** 0.5, 0.05].forEach((v, i) => {
      expect(Math.abs(found[i] / v - 1)).toBeLessThan(1e-6);
    });
  });

  test('by the exact score it finds all modes, in equal shares', async () => {
    const points = (await drawOnce(
      annealedLangevin([2000, 2], annealing, exactScore(annealing)),
    )) as Float32Array;
    const { hq, modes, modeKl, energyDistance } = toyStats('eight_gaussians', points, 2000);
    // 2000 points of the data have hq 0.989 and a mode KL of 0.002; the last noise adds a little width.
    expect(modes).toBe(8);
    expect(hq).toBeGreaterThan(0.96);
    expect(modeKl).toBeLessThan(0.01);
    expect(energyDistance).toBeLessThan(0.01);
  });

  test('at large noise alone it stays there: annealing is what finds the detail', async () => {
    const wide = { ...annealing, least: 3, levels: 2, moves: 100 };
    const points = (await drawOnce(
      annealedLangevin([500, 2], wide, exactScore(wide)),
    )) as Float32Array;
    expect(toyStats('eight_gaussians', points, 500).hq).toBeLessThan(0.3);
  });
});

const make = {
  ncsn: (data: 'eight_gaussians' | 'digits8', shape: number[], more: object) =>
    ncsn(settle('ncsn', data, { ...more }), shape),
  score_sde: (data: 'eight_gaussians' | 'digits8', shape: number[], more: object) =>
    sdeModel(settle('score_sde', data, { ...more }), shape, 16),
};

describe.each(['ncsn', 'score_sde'] as const)('%s', (name) => {
  test('the network of points has 35,714 parameters, with Fourier features 37,250', () => {
    const size = (fourier: string) =>
      variablesOf(make[name]('eight_gaussians', [2], { fourier }).optimisers.optimiser.variables)
        .map((v) => v.size)
        .reduce((a, b) => a + b);
    expect(size('no')).toBe(35_714);
    expect(size('yes')).toBe(37_250);
  });

  test('training brings samples closer to the data', async () => {
    const steps = 200;
    const model = make[name]('eight_gaussians', [2], {
      ...{ steps, hidden: 32, batch: 128, lr: 5e-3, average: 0.95 },
      ...(name === 'ncsn' && { langevin: 5 }),
    });
    const step = gpu.step((i: number) => model.step(drawToy('eight_gaussians', model.rows), i));
    const distance = async () => {
      const points = (await drawOnce(model.sampler(500))) as Float32Array;
      return toyStats('eight_gaussians', points, 500).energyDistance;
    };
    const before = await distance();
    for (let i = 0; i < steps; i++) step(i);
    expect(await distance()).toBeLessThan(0.25 * before);
  });

  test('on images a step moves network and average, and samples are images', async () => {
    const model = make[name]('digits8', [8, 8, 1], {
      ...{ hidden: 8, batch: 4, scales: 1 },
      ...(name === 'ncsn' ? { langevin: 1 } : { passes: 5 }),
    });
    const step = gpu.step((x: Tensor, i: number) => model.step(x, i));
    const x = tensor(new Float32Array(4 * 64).fill(0.25), [4, 8, 8, 1]);
    const before = await Promise.all(variablesOf(model.variables).map((v) => v.data()));
    expect(Number.isFinite(await step(x, 0).loss.item())).toBe(true);
    const after = await Promise.all(variablesOf(model.variables).map((v) => v.data()));
    expect(after).not.toEqual(before);
    const sampler = model.sampler(3);
    const pixels = await sampler.draw();
    expect(pixels.shape).toEqual([3, 8, 8, 1]);
    expect((await floats(pixels)).every(Number.isFinite)).toBe(true);
    sampler.rewind();
    const first = await floats(await sampler.draw());
    sampler.rewind();
    expect(await floats(await sampler.draw())).toEqual(first);
    sampler.dispose();
  });
});

test('a pass of a sampler is one submit and makes no buffer, bind group or pipeline', async () => {
  const model = make.score_sde('eight_gaussians', [2], { hidden: 16, passes: 40, tolerance: 0.1 });
  const samplers: Sampler[] = [
    annealedLangevin([64, 2], annealing, exactScore(annealing)),
    ...(['euler_maruyama', 'predictor_corrector', 'heun', 'rk45'] as const).map((name) =>
      model.samplerBy(64, name),
    ),
  ];
  for (const [i, sampler] of samplers.entries()) {
    await sampler.draw();
    let drawn: Promise<Tensor> | null = null;
    const {
      dispatches: _,
      submits,
      ...made
    } = calls(() => {
      drawn = sampler.draw(); // up to its first wait, after 32 passes or 8
    });
    await drawn;
    expect(made).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0, modules: 0 });
    expect(submits).toBe(i === samplers.length - 1 ? 8 : 32); // rk45 may be done sooner
    sampler.dispose();
  }
});
