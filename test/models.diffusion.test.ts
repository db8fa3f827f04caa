import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  div,
  type Gpu,
  mul,
  normal,
  reshape,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { toys } from '../models/data/toys.ts';
import { boundTerm } from '../models/diffusion/bound.ts';
import { constantsAt, constantsOf } from '../models/diffusion/constants.ts';
import { ddim, ddimMove, inverse, subsequence } from '../models/diffusion/ddim.ts';
import { ancestral, ancestralMove } from '../models/diffusion/ancestral.ts';
import { diffusion } from '../models/diffusion/ddpm.ts';
import { ddpmNetwork, portsOf } from '../models/diffusion/networks.ts';
import { clipped, denoised, diffused, levelAt, target } from '../models/diffusion/prediction.ts';
import { repaint } from '../models/diffusion/repaint.ts';
import { type Chain, type Denoise, draws } from '../models/diffusion/reverse.ts';
import { cosine } from '../models/diffusion/schedule.ts';
import { annealed, denoiseBy, scoreOf, sigmasOf } from '../models/diffusion/score_link.ts';
import { pointUnits } from '../models/diffusion/units.ts';
import { toyStats } from '../models/metrics/toys.ts';
import { drawOnce } from '../models/sampler.ts';
import { callsUntil } from './api.ts';
import golden from './fixtures/diffusion.json';
import { floats, worst } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const schedule = cosine(100);

/** The data `eight_gaussians` as a network sees them. */
const SCALE = 1.5;
const { centres, sigma: width } = toys.eight_gaussians.modes as NonNullable<
  (typeof toys)['eight_gaussians']['modes']
>;

/** ∇ log of the density of these data with noise, in closed form: what the best network says. */
function exactScore(y: Tensor, sigma: number): Tensor {
  const means = tensor(
    Float32Array.from(centres, (c) => c / SCALE),
    [1, 8, 2],
  );
  const variance = (width / SCALE) ** 2 + sigma ** 2;
  const apart = sub(means, reshape(y, [-1, 1, 2])); // [n, 8, 2]
  const weights = softmax(mul(sum(square(apart), 2), -0.5 / variance));
  return div(sum(mul(apart, reshape(weights, [-1, 8, 1])), 1), variance);
}

/** The best network for ε. */
const exact = denoiseBy(exactScore, schedule);
const exactClipped: Denoise = (x, t) => ({
  ...clipped(exact(x, t), x, levelAt(schedule, t), 2),
  logVariance: null,
});

const drawn = async (chain: Chain, n: number, start?: () => Tensor) => {
  const sampler = draws([n, 2], chain, (x) => mul(x, SCALE), start);
  return (await drawOnce(sampler)) as Float32Array;
};
const distance = async (chain: Chain) =>
  toyStats('eight_gaussians', await drawn(chain, 2000), 2000).energyDistance;

const small = (more: object = {}) => {
  const config = settle('ddpm', 'eight_gaussians', { hidden: 32, batch: 128, ...more });
  return diffusion(config, ddpmNetwork(config, portsOf(config, [2], 0)), [2], pointUnits(SCALE));
};

describe('golden vector diffusion', () => {
  const { inputs, outputs } = golden;
  const t = 6;
  const at = constantsAt(cosine(10), t);
  const given = (name: keyof typeof inputs) => tensor(inputs[name].data, inputs[name].shape);
  const xt = () => diffused(given('x0'), given('eps'), at);
  const said = () => denoised('epsilon', xt(), given('eps_hat'), at);
  const ten: Denoise = (x) => ({
    ...denoised('epsilon', x, given('eps_hat'), at),
    logVariance: null,
  });

  test.each<[keyof typeof outputs, () => Tensor]>([
    ['x_t', xt],
    ['x0_hat', () => said().x0],
    ['ddim_prev', () => ddimMove(ten, cosine(10), [t, t - 1], xt(), { eta: 0, noise: null })],
    ['post_mean', () => add(mul(said().x0, at.x0), mul(xt(), at.xt))],
    [
      'score',
      () => {
        const { signal } = levelAt(cosine(10), t);
        return div(scoreOf(ten, cosine(10))(div(xt(), signal), t), signal);
      },
    ],
  ])('%s', async (name, make) => {
    const found = await floats(make());
    outputs[name].data.forEach((v, i) => {
      expect(Math.abs(found[i] - v)).toBeLessThanOrEqual(1e-4 * Math.abs(v) + 1e-6);
    });
  });
});

describe('what a network says', () => {
  test.each(['epsilon', 'x0', 'v'] as const)('%s gives back data and noise', async (kind) => {
    const [x0, epsilon] = [await floats(normal([64, 2])), await floats(normal([64, 2]))];
    for (const t of [0, 40, 90]) {
      const level = levelAt(schedule, t);
      const told = gpu.step((a: Tensor, b: Tensor) => {
        const x = diffused(a, b, level);
        return denoised(kind, x, target(kind, a, b, level), level);
      })(tensor(x0, [64, 2]), tensor(epsilon, [64, 2]));
      // Division by √ᾱ or √(1 − ᾱ) enlarges the rounding of x_t.
      const error = 1e-6 / Math.min(level.signal as number, level.noise as number);
      expect(worst(await floats(told.x0), x0)).toBeLessThan(error);
      expect(worst(await floats(told.epsilon), epsilon)).toBeLessThan(error);
    }
  });

  test('constants of rows are those of their steps', async () => {
    const rows = constantsOf(schedule);
    const steps = [0, 1, 57, 99];
    const found = gpu.step(() => rows(tensor(Uint32Array.from(steps)), 2))();
    for (const [i, t] of steps.entries()) {
      for (const [name, value] of Object.entries(constantsAt(schedule, t))) {
        const tensorOf = found[name as keyof typeof found] as Tensor;
        expect(tensorOf.shape).toEqual([4, 1]);
        expect((await floats(tensorOf))[i]).toBeCloseTo(value as number, 5);
      }
    }
  });
});

describe('the bound', () => {
  test('each term is the weight of eq. (12) times |ε − ε_θ|²', async () => {
    const [x0, e, guess] = await Promise.all([0, 1, 2].map(() => floats(normal([32, 2]))));
    for (const t of [1, 30, 98]) {
      const at = constantsAt(schedule, t);
      const term = gpu.step((a: Tensor, b: Tensor, c: Tensor) => {
        const said = denoised('epsilon', diffused(a, b, at), c, at);
        return boundTerm(a, { x0: said.x0, logVariance: at.logSmall }, at, null);
      })(tensor(x0, [32, 2]), tensor(e, [32, 2]), tensor(guess, [32, 2]));
      const found = await floats(term);
      for (let i = 0; i < 32; i++) {
        const squared = [0, 1].reduce((s, d) => s + (e[2 * i + d] - guess[2 * i + d]) ** 2, 0);
        const wanted = schedule.boundWeight[t] * squared;
        expect(Math.abs(found[i] - wanted)).toBeLessThan(1e-3 * wanted + 1e-4);
      }
    }
  });

  test('the probabilities of all levels of a pixel sum to one', async () => {
    const white = 16;
    const levels = Float32Array.from({ length: white + 1 }, (_, k) => (2 * k) / white - 1);
    const at = constantsAt(schedule, 0);
    const sums: number[] = [];
    for (const mean of [-1.2, -0.4, 0.03, 0.99]) {
      const nats = boundTerm(
        tensor(levels, [17, 1]),
        { x0: tensor(new Float32Array(17).fill(mean), [17, 1]), logVariance: -4 },
        at,
        1 / white,
      );
      sums.push((await floats(nats)).reduce((s, l) => s + Math.exp(-l), 0));
    }
    for (const s of sums) expect(Math.abs(s - 1)).toBeLessThan(1e-5);
  });
});

describe('chains of the exact network', () => {
  test('DDIM with η = 1 and all steps is the ancestral chain with variance β̃', async () => {
    const [start, n] = [await floats(normal([256, 2])), 256];
    const run = (move: (x: Tensor, t: number, z: Tensor) => Tensor) =>
      gpu.step((x: Tensor, t: number) => move(x, t, normal([n, 2])), { stream: 77 });
    const one = run((x, t, z) => ancestralMove(exact, schedule, 'small', t, x, z));
    const other = run((x, t, z) => ddimMove(exact, schedule, [t, t - 1], x, { eta: 1, noise: z }));
    let [a, b] = [start, start];
    for (let t = 99; t >= 0; t--) {
      a = await floats(one(tensor(a, [n, 2]), t));
      b = await floats(other(tensor(b, [n, 2]), t));
    }
    // Rounding alone, which the first steps enlarge by 1 / √ᾱ (200) and the chain takes back.
    expect(worst(a, b)).toBeLessThan(2e-3);
  });

  test('inversion gives the noise back, the better the more steps and iterations', async () => {
    const noise = await floats(normal([500, 2]));
    const start = () => tensor(noise, [500, 2]);
    const error = async (passes: number, iterations: number) => {
      const times = subsequence(100, passes);
      const points = await drawn(ddim(exact, schedule, { times }), 500, start);
      const scaled = points.map((v) => v / SCALE);
      const back = await drawn(inverse(exact, schedule, { times, iterations }), 500, () =>
        tensor(scaled, [500, 2]),
      );
      const again = await drawn(ddim(exact, schedule, { times }), 500, () =>
        tensor(
          back.map((v) => v / SCALE),
          [500, 2],
        ),
      );
      return again.reduce((s, v, i) => s + Math.abs(v - points[i]), 0) / again.length;
    };
    const [coarse, fine, exactly] = [await error(20, 1), await error(100, 1), await error(100, 8)];
    expect(fine).toBeLessThan(coarse);
    expect(exactly).toBeLessThan(0.1 * fine);
  });

  test('ancestral, DDIM and Langevin dynamics all draw from the data', async () => {
    const floor = 0.004; // of 2000 points, twice what two samples of the data have
    const times = subsequence(100, 100);
    const found = {
      ancestral: await distance(ancestral(exactClipped, schedule)),
      ddim: await distance(ddim(exactClipped, schedule, { times })),
      langevin: await distance(
        annealed(exact, schedule, {
          times: times.filter((t) => sigmasOf(schedule)[t] < 4 && t % 5 === 4),
          moves: 20,
          rate: 0.1,
        }),
      ),
    };
    for (const [name, value] of Object.entries(found)) expect(value, name).toBeLessThan(floor);
  });

  test('RePaint keeps what is known and draws the rest from its conditional', async () => {
    // The second coordinate of the point at the right is known: the modes there are three.
    const n = 2000;
    const known = () => ({
      x: tensor(new Float32Array(2 * n), [n, 2]),
      mask: tensor([0, 1], [1, 2]),
    });
    const times = subsequence(100, 100);
    const points = await drawn(repaint(exactClipped, schedule, known, { times, resample: 4 }), n);
    let [left, right] = [0, 0];
    for (let i = 0; i < n; i++) {
      expect(points[2 * i + 1]).toBe(0);
      if (Math.abs(points[2 * i] - 2) < 0.6) right++;
      if (Math.abs(points[2 * i] + 2) < 0.6) left++;
    }
    expect((left + right) / n).toBeGreaterThan(0.97);
    expect(Math.abs(left - right) / n).toBeLessThan(0.1);
  });
});

describe('a draw', () => {
  test('of 100 passes takes at most 100 submits and makes nothing after the first', async () => {
    const sampler = small().sampler(64, { sampler: 'ddim', passes: 100 });
    await sampler.draw();
    const counted = await callsUntil(() => sampler.draw());
    expect(counted).toMatchObject({ buffers: 0, bindGroups: 0, pipelines: 0, modules: 0 });
    expect(counted.submits).toBeLessThanOrEqual(100);

    const fresh = small().sampler(64, { sampler: 'ddim', passes: 100 });
    const made: number[] = [];
    await fresh.prepare();
    const before = gpu.memory().buffers;
    await fresh.draw({ every: 1, seen: () => void made.push(gpu.memory().buffers) });
    expect(made[0]).toBeGreaterThan(before);
    expect(new Set(made).size).toBe(1);
  });

  test('shows what it has come to, can be stopped, and begins anew', async () => {
    const sampler = small().sampler(16, { sampler: 'ddim', passes: 40 });
    const frames: number[] = [];
    const whole = await floats(
      await sampler.draw({
        every: 10,
        async seen(done, now) {
          const points = await floats(now());
          expect(points.every(Number.isFinite)).toBe(true);
          frames.push(done);
        },
      }),
    );
    expect(frames).toEqual([10, 20, 30, 40]);

    const stop = new AbortController();
    const seen: number[] = [];
    const stopped = sampler.draw({
      every: 5,
      signal: stop.signal,
      seen(done) {
        seen.push(done);
        if (done === 15) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow();
    expect(seen).toEqual([5, 10, 15]);
    sampler.rewind();
    expect(await floats(await sampler.draw())).toEqual(whole);
  });
});
