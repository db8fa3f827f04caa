import { describe, expect, test } from 'vitest';
import { constantsAt } from '../models/diffusion/constants.ts';
import { sigmaOf, subsequence } from '../models/diffusion/ddim.ts';
import { cosine, linear, type Schedule } from '../models/diffusion/schedule.ts';
import { sigmasOf } from '../models/diffusion/score_link.ts';
import golden from './fixtures/diffusion.json';

/** Relative error of what float64 gives of golden vectors, which have nine digits. */
const NINE = 1e-8;

const expectClose = (found: ArrayLike<number>, wanted: number[], relative = NINE) =>
  wanted.forEach((v, i) => {
    expect(Math.abs(found[i] - v), `[${i}] ${found[i]}, want ${v}`).toBeLessThanOrEqual(
      relative * Math.abs(v) + 1e-9,
    );
  });

describe('golden vector diffusion: schedules', () => {
  const { outputs } = golden;
  const ten = cosine(10);
  test.each([
    ['betas_cosine', ten.beta],
    ['abar_cosine', ten.alphaBar],
    ['post_var', ten.posteriorVariance],
    ['coef_x0', ten.posteriorMean.x0],
    ['coef_xt', ten.posteriorMean.xt],
    ['vlb_weight', ten.boundWeight.slice(1)],
  ] as const)('%s', (name, found) => expectClose(found, outputs[name].data));

  test('abar_linear_1000', () => {
    const { alphaBar } = linear(1000);
    expectClose(
      [0, 99, 499, 999].map((t) => alphaBar[t]),
      outputs.abar_linear_1000.data,
    );
  });
});

const all: [string, Schedule][] = [
  ['cosine, 100', cosine(100)],
  ['cosine, 1000', cosine(1000)],
  ['linear, 100', linear(100)],
  ['linear, 1000', linear(1000)],
];

describe.each(all)('schedule %s', (_, schedule) => {
  const { steps, beta, alphaBar, alphaBarBefore, posteriorMean, posteriorVariance } = schedule;
  const every = Array.from({ length: steps }, (_, t) => t);

  test('its steps one after another give its marginals', () => {
    let [scale, variance] = [1, 0]; // of x_0 in x_t, and of the noise
    for (const t of every) {
      scale *= Math.sqrt(1 - beta[t]);
      variance = (1 - beta[t]) * variance + beta[t];
      expect(scale ** 2).toBeCloseTo(alphaBar[t], 12);
      expect(variance).toBeCloseTo(1 - alphaBar[t], 12);
    }
    expect(alphaBar[steps - 1]).toBeLessThan(1e-3); // nearly all is noise at the end
  });

  test('the mean and variance of x_(t−1) are those of Bayes', () => {
    for (const t of every.slice(1)) {
      // q(x_t | x_(t−1)) q(x_(t−1) | x_0) as a function of x_(t−1): precisions add.
      const [alpha, before] = [1 - beta[t], alphaBarBefore[t]];
      const precision = alpha / beta[t] + 1 / (1 - before);
      const relative = (a: number, b: number) => Math.abs(a / b - 1);
      expect(relative(posteriorVariance[t], 1 / precision)).toBeLessThan(1e-9);
      const x0 = Math.sqrt(before) / (1 - before) / precision;
      const xt = Math.sqrt(alpha) / beta[t] / precision;
      expect(relative(posteriorMean.x0[t], x0)).toBeLessThan(1e-9);
      expect(relative(posteriorMean.xt[t], xt)).toBeLessThan(1e-9);
    }
  });

  test('the variance of η = 1 is β̃, and the last step makes x̂_0', () => {
    for (const t of every) {
      expect(sigmaOf(schedule, t, t - 1, 1) ** 2).toBeCloseTo(posteriorVariance[t], 12);
    }
    expect(posteriorMean.x0[0]).toBeCloseTo(1, 12);
    expect(posteriorMean.xt[0]).toBeCloseTo(0, 12);
  });

  test('σ rises, and y = x_t / √ᾱ has noise σ', () => {
    const sigma = sigmasOf(schedule);
    for (const t of every) {
      const { signal, noise } = constantsAt(schedule, t);
      expect(sigma[t]).toBeCloseTo((noise as number) / (signal as number), 9);
      if (t > 0) expect(sigma[t]).toBeGreaterThan(sigma[t - 1]);
    }
  });
});

test.each([1, 3, 7, 50, 99, 100])(
  'a subsequence of %i rises to the last of 100 steps',
  (passes) => {
    const times = subsequence(100, passes);
    expect(times.length).toBe(passes);
    expect(times[passes - 1]).toBe(99);
    times.forEach((t, i) => {
      expect(t).toBeGreaterThan(i === 0 ? -1 : times[i - 1]);
    });
  },
);
