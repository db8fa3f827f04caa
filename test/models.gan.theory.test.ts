import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, grad, normal, sum, type Tensor, tensor } from '../engine/index.ts';
import * as o from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { drawToy } from '../models/data/draw.ts';
import { distances } from '../models/gan/evaluate.ts';
import { losses } from '../models/gan/losses.ts';
import { sngan } from '../models/gan/sngan.ts';
import { wganGp } from '../models/gan/wgan_gp.ts';
import { steepest, wasserstein, wasserstein1d } from '../models/metrics/wasserstein.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** How often each of 40 cells of [-4, 4] is drawn in about 2000 draws from N(mean, 1). */
const counts = (mean: number) =>
  Array.from({ length: 40 }, (_, k) => {
    const x = (k + 0.5) / 5 - 4;
    return 1 + Math.round(160 * Math.exp(-((x - mean) ** 2) / 2));
  });

describe('the optimal critic', () => {
  const [data, made] = [counts(-0.7), counts(1)];
  const total = (xs: number[]) => xs.reduce((a, b) => a + b, 0);
  const share = (xs: number[]) => xs.map((x) => x / total(xs));
  const [p, q] = [share(data), share(made)];
  const best = p.map((pk, k) => Math.log(pk / q[k])); // the logit of p / (p + q)

  /** V of a critic that has one logit for each cell. */
  const value = (logits: Tensor) => {
    const drawn = (times: number[]) =>
      o.gather(logits, tensor(Uint32Array.from(times.flatMap((n, k) => Array(n).fill(k)))));
    return o.neg(losses.minimax.critic(drawn(data), drawn(made)));
  };

  test('its value is 2 JSD − log 4, and no other is better', async () => {
    const kl = (a: number[]) => total(a.map((ak, k) => ak * Math.log(ak / ((p[k] + q[k]) / 2))));
    const wanted = kl(p) + kl(q) - Math.log(4); // 2 JSD is the sum of both
    const logits = tensor(best);
    const found = await value(logits).item();
    expect(Math.abs(found - wanted)).toBeLessThan(1e-6);
    expect(wanted).toBeGreaterThan(-Math.log(4) + 0.3);
    for (const by of [0.1, -0.1]) {
      const other = tensor(best.map((l, k) => l + by * Math.sin(k)));
      expect(await value(other).item()).toBeLessThan(found - 1e-4);
    }
    const [slope] = grad(value(logits), [logits]);
    for (const s of await floats(slope)) expect(Math.abs(s)).toBeLessThan(1e-7);
  });

  test('of equal distributions it is ½ everywhere, and its value −log 4', async () => {
    const logit = tensor([0]);
    const found = await o.neg(losses.minimax.critic(logit, logit)).item();
    expect(Math.abs(found + Math.log(4))).toBeLessThan(1e-6);
  });
});

test('where D(G(z)) is 0.01 the non-saturating gradient is 99 times the saturating one', async () => {
  const weights = tensor(await floats(normal([3, 2])), [3, 2]);
  const z = tensor([1, -2, 0.5], [1, 3]);
  const slope = async (loss: 'minimax' | 'nonsaturating') => {
    const x = o.matmul(z, weights);
    const score = o.add(sum(o.sub(x, o.stopGradient(x))), Math.log(0.01 / 0.99));
    const [g] = grad(losses[loss].generator(score), [weights]);
    return o.norm(g).item();
  };
  const ratio = (await slope('nonsaturating')) / (await slope('minimax'));
  expect(ratio).toBeGreaterThanOrEqual(50);
  expect(Math.abs(ratio - 99)).toBeLessThan(1e-3);
});

describe('spectral normalisation', () => {
  test.each([1, 8])('of 10⁴ pairs none is steeper than %d', async (scale) => {
    const settings = { hidden: 32, batch: 64, steps: 30, lr: 0.02, scale };
    const model = sngan(settle('sngan', 'eight_gaussians', settings), [2]);
    const step = gpu.step((i: number) => model.step(drawToy('eight_gaussians', model.rows), i));
    for (let i = 0; i < 30; i++) await step(i).critic.item();
    const iterate = gpu.step(() => model.iterate()); // σ comes near from below
    for (let i = 0; i < 300; i++) iterate();
    const pairs = 10_000;
    const points = await floats(o.mul(normal([2 * pairs, 2]), 2));
    const scores = await floats(gpu.step(() => model.score(tensor(points, [2 * pairs, 2])))());
    let most = 0;
    for (let i = 0; i < pairs; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      const distance = Math.hypot(
        points[2 * a] - points[2 * b],
        points[2 * a + 1] - points[2 * b + 1],
      );
      most = Math.max(most, Math.abs(scores[a] - scores[b]) / distance);
    }
    expect(most).toBeLessThan(scale * (1 + 1e-4));
    expect(most).toBeGreaterThan(scale * 0.05);
  });
});

describe('the critic of a WGAN-GP', () => {
  const penalty = 20;
  /** What the critic says of W₁ at its best: the slope is 1 + W₁ / 2λ. */
  const biased = (w1: number) => w1 * (1 + w1 / (2 * penalty));

  /** 256 rows each of two laws on ℝ^size, and a critic trained on them alone. */
  async function trained(size: number) {
    const n = 256;
    const settings = { hidden: 48, penalty };
    const model = wganGp(settle('wgan_gp', 'two_moons', settings), [size]);
    const real = await floats(normal([n, size]));
    const fake = await floats(o.add(o.mul(normal([n, size]), 0.4), 2));
    const { critic } = model.optimisers;
    const step = gpu.step((lr: number) => {
      const { loss, critic: gap } = model.criticLoss(
        tensor(real, [n, size]),
        tensor(fake, [n, size]),
      );
      critic.update(grad(loss, critic.variables), { lr });
      return gap;
    });
    const updates = 200;
    for (let i = 0; i < updates; i++) await step(5e-3 * (1 - i / updates)).item();
    return { model, real, fake, estimate: await step(0).item() };
  }

  test('knows W₁ on the line, as sorting has it', async () => {
    const { model, real, fake, estimate } = await trained(1);
    const exact = wasserstein1d(real, fake);
    expect(wasserstein(real, fake, 1)).toBeCloseTo(exact, 6);
    expect(Math.abs(estimate / biased(exact) - 1)).toBeLessThan(0.05);
    // Over its steepest slope its gap is a bound, whatever it has learned.
    const all = Float32Array.from([...real, ...fake]);
    const scores = await floats(gpu.step(() => model.score(tensor(all, [512, 1])))());
    const gap = scores.reduce((s, v, i) => s + (i < 256 ? v : -v) / 256, 0);
    const bound = gap / steepest(all, scores, 1);
    expect(bound).toBeLessThanOrEqual(exact * (1 + 1e-5));
    expect(bound).toBeGreaterThan(0.6 * exact);
  });

  test('knows W₁ in the plane, as the best assignment has it', async () => {
    const { model, real, fake, estimate } = await trained(2);
    const { w1, w1Critic, slope } = await distances(model, real, fake);
    expect(Math.abs(estimate / biased(w1) - 1)).toBeLessThan(0.05);
    expect(w1Critic).toBeLessThanOrEqual(w1 * (1 + 1e-5));
    expect(w1Critic).toBeGreaterThan(0.6 * w1);
    expect(slope).toBeGreaterThan(0.8);
  });
});
