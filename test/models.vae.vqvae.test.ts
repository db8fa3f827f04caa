import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Gpu,
  grad,
  mul,
  normal,
  sum,
  type Tensor,
  tensor,
  variable,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { codePrior } from '../models/vae/code_prior.ts';
import { moveBook, nearest, perplexity, straightThrough, vqvae } from '../models/vae/vqvae.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

test('each vector gets the code nearest to it', async () => {
  const [n, K, D] = [40, 9, 5];
  const [z, book] = [await floats(normal([n, D])), await floats(normal([K, D]))];
  const codes = await gpu
    .step((a: Tensor, b: Tensor) => nearest(a, b))(tensor(z, [n, D]), tensor(book, [K, D]))
    .data();
  const distance = (i: number, k: number) =>
    Array.from({ length: D }, (_, d) => (z[i * D + d] - book[k * D + d]) ** 2).reduce(
      (a, b) => a + b,
    );
  for (const [i, code] of codes.entries()) {
    for (let k = 0; k < K; k++)
      expect(distance(i, code)).toBeLessThanOrEqual(distance(i, k) + 1e-5);
  }
  expect(new Set(codes).size).toBeGreaterThan(3);
});

test('straight-through: the value of the code, the gradient as if it were z', async () => {
  const { value, slope } = gpu.step(() => {
    const [z, e, w] = [tensor([1, 2, 3]), tensor([4, 5, 6]), tensor([7, -8, 9])];
    const value = straightThrough(z, e);
    return { value, slope: grad(sum(mul(value, w)), [z])[0] };
  })();
  expect([...(await floats(value))]).toEqual([4, 5, 6]);
  expect([...(await floats(slope))]).toEqual([7, -8, 9]);
});

test('the book moves by running averages, and a seldom used code starts anew at some vector', async () => {
  const counts = variable(new Float32Array([4, 4, 0.1]));
  const sums = variable([
    [4, 8],
    [0, 4],
    [1, 1],
  ]);
  const z = [
    [1, 1],
    [2, 0],
    [5, 5],
    [6, 6],
  ];
  const codes = tensor(Uint32Array.from([0, 0, 1, 0]));
  gpu.step((c: Tensor) => moveBook(counts, sums, tensor(z), c))(codes);
  const [n, m] = [[...(await counts.data())], [...(await sums.data())]];
  const share = 4 / 3;
  const want = [3.96 + 0.03, 3.96 + 0.01, share];
  for (const [k, v] of n.entries()) expect(v).toBeCloseTo(want[k], 5);
  const moved = [3.96 + 0.09, 7.92 + 0.07, 0.05, 3.96 + 0.05];
  for (const [k, v] of moved.entries()) expect(m[k]).toBeCloseTo(v, 5);
  const anew = m.slice(4).map((v) => v / share);
  expect(z.some((row) => row.every((v, d) => Math.abs(v - anew[d]) < 1e-5))).toBe(true);
});

test('perplexity: 1 for one code, K for all alike', async () => {
  const of = (codes: number[]) =>
    gpu
      .step(() => perplexity(tensor(Uint32Array.from(codes)), 4))()
      .item();
  expect(await of([2, 2, 2, 2])).toBeCloseTo(1, 5);
  expect(await of([0, 1, 2, 3])).toBeCloseTo(4, 4);
});

describe('prior over codes', () => {
  const [codes, grid] = [3, [2, 2]] as const;
  const all = Uint32Array.from(
    { length: 81 * 4 },
    (_, i) => Math.floor((i >> 2) / 3 ** (i & 3)) % 3,
  );
  const exact = async (prior: ReturnType<typeof codePrior>) => {
    const logP = gpu.step((c: Tensor) => prior.logProbability(c))(tensor(all, [81, ...grid]));
    return Array.from(await floats(logP), Math.exp);
  };
  const make = () => codePrior({ codes, grid, width: 8, layers: 2 });

  test('the probabilities of all 81 grids sum to one, and samples come as often', async () => {
    const prior = make();
    const p = await exact(prior);
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);

    const n = 20_000;
    const drawn = await (await prior.sampler(n, (c) => c).draw()).data();
    const hits = new Float64Array(81);
    for (let i = 0; i < n; i++) {
      hits[[0, 1, 2, 3].reduce((code, d) => code + drawn[4 * i + d] * 3 ** d, 0)]++;
    }
    // χ² with 80 degrees of freedom: beyond 136 once in 10,000 times.
    const chi = p.reduce((sum, v, k) => sum + (hits[k] - n * v) ** 2 / (n * v), 0);
    expect(chi).toBeLessThan(136);
  });
});

test('training lowers the loss, then the prior, and the codes are in use', async () => {
  const small = {
    codes: 8,
    dimensions: 4,
    halvings: 1,
    channels: 8,
    width: 8,
    layers: 1,
    batch: 32,
  };
  const config = settle('vqvae', 'digits8', {
    ...small,
    lr: 0.01,
    prior_lr: 0.02,
    steps: 80,
    prior_steps: 30,
  });
  const model = vqvae(config, [8, 8, 1], 1);
  const stripes = Float32Array.from({ length: 32 * 64 }, (_, i) => {
    const [image, y, x] = [i >> 6, (i >> 3) & 7, i & 7];
    return Number((image % 2 ? x : y) % (2 + (image % 3)) === 0);
  });
  const step = gpu.step((x: Tensor, i: number) => model.step(x, i));
  const losses: Record<string, number>[] = [];
  for (let i = 0; i < config.steps; i++) {
    const { reconstruction, prior, perplexity } = step(tensor(stripes, [32, 8, 8, 1]), i);
    losses.push({
      reconstruction: await reconstruction.item(),
      prior: await prior.item(),
      perplexity: await perplexity.item(),
    });
  }
  const [first, middle, last] = [losses[0], losses[50], losses[79]];
  expect(middle.reconstruction).toBeLessThan(0.6 * first.reconstruction);
  expect(last.reconstruction).toBeCloseTo(middle.reconstruction, 3); // only the prior learns
  expect(last.prior).toBeLessThan(0.7 * middle.prior);
  expect(last.perplexity).toBeGreaterThan(2);
});
