import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  concat,
  div,
  type Gpu,
  mul,
  neg,
  reshape,
  split,
  square,
  sub,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { total } from '../models/chunks.ts';
import { randomStream } from '../models/data/random.ts';
import { flowLikelihood, flowSampler } from '../models/score/probability_flow.ts';
import {
  type Sde,
  subVariancePreserving,
  varianceExploding,
  variancePreserving,
} from '../models/score/processes.ts';
import { type Reversible, reverseSampler, tweedie } from '../models/score/reverse.ts';
import type { Solver } from '../models/score/ode.ts';
import { perRow } from '../models/rows.ts';
import { drawOnce } from '../models/sampler.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

// Data N(μ, Σ) on the plane, for which every p_t is Gaussian and its score known: whatever is off is the
// sampler's or the solver's own.

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const rates = { betaMin: 0.1, betaMax: 20 };
const processes: Record<string, Sde> = {
  vp: variancePreserving(rates),
  subvp: subVariancePreserving(rates),
  ve: varianceExploding(0.01, 30),
};
const names = Object.keys(processes);

const [MEAN, COVARIANCE] = [
  [0.5, -0.3],
  [0.8, 0.5, 1.1],
]; // Σ₁₁, Σ₁₂, Σ₂₂

/** The covariance of p_t by those of the kernel: three numbers or columns. */
const spread = (scale2: number, variance: number) =>
  COVARIANCE.map((c, i) => scale2 * c + (i === 1 ? 0 : variance));

/** The process from N(μ, Σ) with its exact score −Σ_t⁻¹ (x − scale μ). */
function exactly(sde: Sde, end = 1e-3): Reversible {
  const score = (x: Tensor, t: Tensor) => {
    const { scale, std } = sde.kernel(t);
    const column = (v: Tensor) => reshape(v, [-1, 1]);
    const [a, b, c] = COVARIANCE.map((v, i) => {
      const grown = mul(square(column(scale)), v);
      return i === 1 ? grown : add(grown, square(column(std)));
    });
    const [dx, dy] = split(x, 2, 1).map((v, i) => sub(v, mul(column(scale), MEAN[i])));
    const determinant = sub(mul(a, c), square(b));
    const [sx, sy] = [sub(mul(b, dy), mul(c, dx)), sub(mul(b, dx), mul(a, dy))];
    return div(concat([sx, sy], 1), determinant);
  };
  return { sde, score, end };
}

/** Scale and standard deviation of the kernel, f and g² at a time. */
async function coefficients(sde: Sde, t: number): Promise<number[]> {
  const step = gpu.step((at: Tensor) => {
    const { scale, std } = sde.kernel(at);
    return [scale, std, sde.drift(at), sde.diffusion(at)];
  });
  const found = await Promise.all(step(tensor([t])).map((v) => v.item()));
  step.dispose();
  return found;
}

/** Mean and covariance of points [n, 2], as μ₁, μ₂, Σ₁₁, Σ₁₂, Σ₂₂. */
function moments(points: Float32Array): number[] {
  const n = points.length / 2;
  const column = (c: number) => points.filter((_, i) => i % 2 === c);
  const means = [0, 1].map((c) => total(column(c)) / n);
  const centred = [0, 1].map((c) => column(c).map((v) => v - means[c]));
  const product = (a: number, b: number) => total(centred[a].map((v, i) => v * centred[b][i])) / n;
  return [...means, product(0, 0), product(0, 1), product(1, 1)];
}

describe.each(names)('%s', (name) => {
  const sde = processes[name];

  test('mean and variance of the kernel follow from f and g²', async () => {
    const h = 0.01;
    for (const t of [0.1, 0.4, 0.9]) {
      const [scale, std, f, g2] = await coefficients(sde, t);
      const [[s0, d0], [s1, d1]] = [await coefficients(sde, t - h), await coefficients(sde, t + h)];
      // d scale/dt = f scale and d std²/dt = 2 f std² + g²; a difference is off by h² of a third derivative.
      const growth = (s1 - s0) / (2 * h);
      const widening = (d1 ** 2 - d0 ** 2) / (2 * h);
      expect(Math.abs(growth - f * scale)).toBeLessThan(0.01 * Math.abs(f * scale) + 1e-4);
      const flow = Math.abs(2 * f * std ** 2) + g2;
      expect(Math.abs(widening - 2 * f * std ** 2 - g2)).toBeLessThan(0.01 * flow);
    }
  });

  test('what it ends with is its prior', async () => {
    const [scale, std] = await coefficients(sde, 1);
    const [mean, [a, , c]] = [scale * 0.5, spread(scale ** 2, std ** 2)];
    expect(mean / sde.prior).toBeLessThan(0.02);
    for (const v of [a, c]) expect(v / sde.prior ** 2).toBeCloseTo(1, 2);
  });

  test.each([
    ['Euler–Maruyama', 0],
    ['predictor-corrector', 1],
  ] as const)('%s gives the moments of the data', async (_, corrections) => {
    const sampler = reverseSampler([8000, 2], exactly(sde), { steps: 300, corrections });
    const found = moments((await drawOnce(sampler)) as Float32Array);
    // Standard errors are 0.012 and 0.017; steps of finite size leave a bias of some per cent.
    [...MEAN, ...COVARIANCE].forEach((v, i) => {
      expect(Math.abs(found[i] - v), `moment ${i}: ${found[i]}`).toBeLessThan(0.06);
    });
  });

  test.each<[string, Solver]>([
    ['heun', { method: 'heun', steps: 200 }],
    ['rk45', { method: 'rk45', tolerance: 1e-4, tries: 400 }],
  ])('the probability flow by %s gives the moments of the data', async (_, solver) => {
    const sampler = flowSampler([8000, 2], exactly(sde), solver);
    const found = moments((await drawOnce(sampler)) as Float32Array);
    // Four standard errors of a variance, 0.017 each.
    [...MEAN, ...COVARIANCE].forEach((v, i) => {
      expect(Math.abs(found[i] - v), `moment ${i}: ${found[i]}`).toBeLessThan(0.07);
    });
  });

  test.each<[string, Solver]>([
    ['heun', { method: 'heun', steps: 200 }],
    ['rk45', { method: 'rk45', tolerance: 1e-5, tries: 400 }],
  ])('likelihoods by %s are the exact ones to 1e-3 nats', async (_, solver) => {
    const n = 2000;
    const process = exactly(sde);
    const { points, exact } = await atEnd(process, n);
    const likelihood = flowLikelihood([n, 2], process, solver, 'exact');
    const found = await likelihood.logDensity(points);
    likelihood.dispose();
    const off = found.map((v, i) => v - exact[i]);
    expect(Math.abs(total(off) / n)).toBeLessThan(1e-3);
    // A single point, up to 5σ away, is off as well by what is left of the mean at the end.
    const [scale] = await coefficients(sde, 1);
    const left = (5 * scale * Math.hypot(...MEAN)) / sde.prior;
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(left + 5e-3);
  });

  test('likelihoods of pixels that hardly vary: near the data only steps that adapt follow them', async () => {
    const [n, size, mean, deviation] = [64, 8, -1, 0.002];
    const end = 1e-3;
    const law = ([scale, std]: number[]) => [scale * mean, (scale * deviation) ** 2 + std ** 2];
    const score = (x: Tensor, t: Tensor) => {
      const { scale, std } = sde.kernel(t);
      const variance = add(square(mul(scale, deviation)), square(std));
      return neg(div(sub(x, mul(perRow(scale, x), mean)), perRow(variance, x)));
    };
    const random = randomStream(4, 0);
    const rows = Float32Array.from({ length: n * size }, () => mean + deviation * random.normal());
    const [centre, variance] = law(await coefficients(sde, end));
    const exact = rows.map(
      (v) => -((v - centre) ** 2 / variance + Math.log(2 * Math.PI * variance)) / 2,
    );
    const off = async (solver: Solver) => {
      const likelihood = flowLikelihood([n, size], { sde, score, end }, solver, 'hutchinson');
      const found = total(await likelihood.logDensity(rows));
      likelihood.dispose();
      return (found - total(exact)) / (n * size);
    };
    expect(Math.abs(await off({ method: 'rk45', tolerance: 1e-4, tries: 2000 }))).toBeLessThan(
      2e-3,
    );
    if (name !== 've') expect(await off({ method: 'heun', steps: 100 })).toBeGreaterThan(0.1);
  });

  test("Hutchinson's estimate has no bias", async () => {
    const n = 2000;
    const process = exactly(sde);
    const { points, exact } = await atEnd(process, n);
    const solver: Solver = { method: 'heun', steps: 200 };
    const likelihood = flowLikelihood([n, 2], process, solver, 'hutchinson');
    const found = await likelihood.logDensity(points);
    likelihood.dispose();
    const off = found.map((v, i) => v - exact[i]);
    const average = total(off) / n;
    const deviation = Math.sqrt(total(off.map((v) => (v - average) ** 2)) / n);
    expect(deviation).toBeGreaterThan(0.1); // one direction alone is far off
    expect(Math.abs(average)).toBeLessThan((4 * deviation) / Math.sqrt(n) + 1e-3);
  });

  test("Tweedie's formula is the mean of the data given a noisy point", async () => {
    const process = exactly(sde);
    const x = [0.9, 0.2];
    const t = 0.3;
    const step = gpu.step((at: Tensor) => tweedie(process, at, tensor([t])));
    const found = await floats(step(tensor([x])));
    // E[x₀ | x] = μ + scale Σ Σ_t⁻¹ (x − scale μ)
    const [scale, std] = await coefficients(sde, t);
    const [a, b, c] = spread(scale ** 2, std ** 2);
    const [dx, dy] = x.map((v, i) => v - scale * MEAN[i]);
    const [ux, uy] = [(c * dx - b * dy) / (a * c - b * b), (a * dy - b * dx) / (a * c - b * b)];
    const [p, q, r] = COVARIANCE;
    expect(found[0]).toBeCloseTo(MEAN[0] + scale * (p * ux + q * uy), 3);
    expect(found[1]).toBeCloseTo(MEAN[1] + scale * (q * ux + r * uy), 3);
  });
});

/** Points of p_t at the end of the way back, and their exact log densities. */
async function atEnd({ sde, end }: Reversible, n: number) {
  const [scale, std] = await coefficients(sde, end);
  const [a, b, c] = spread(scale ** 2, std ** 2);
  const root = Math.sqrt(a);
  const random = randomStream(7, 0);
  const points = new Float32Array(2 * n);
  const exact = new Float64Array(n);
  const determinant = a * c - b * b;
  for (let i = 0; i < n; i++) {
    const [u, v] = [random.normal(), random.normal()];
    points[2 * i] = scale * MEAN[0] + root * u;
    points[2 * i + 1] = scale * MEAN[1] + (b / root) * u + Math.sqrt(determinant / a) * v;
    exact[i] = -(u * u + v * v) / 2 - Math.log(2 * Math.PI) - Math.log(determinant) / 2;
  }
  return { points, exact };
}
