import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, grad, sum, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { iafVae } from '../models/vae/iaf_vae.ts';
import { iwae } from '../models/vae/iwae.ts';
import type { LatentModel } from '../models/vae/latent.ts';
import { stagedRate } from '../models/vae/rate.ts';
import { optimalLogSigma, sigmaVae } from '../models/vae/sigma_vae.ts';
import { vae } from '../models/vae/vae.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

// All 16 binary images of 2×2 pixels, and models with one latent dimension: p(x) is an integral over
// a line, which the midpoint rule finds to 1e-5.
const SHAPE = [2, 2, 1];
const ALL = Float32Array.from({ length: 64 }, (_, i) => ((i >> 2) >> (i & 3)) & 1);
const tiny = { latent: 1, hidden: 8, batch: 32, lr: 0.02 } as const;

/** Trains on all images, and as often on all black and all white, so that z has something to say. */
function trained<M extends LatentModel>(model: M): M {
  const more = Float32Array.from({ length: 128 }, (_, i) => (i < 64 ? ALL[i] : (i >> 2) % 2));
  const step = gpu.step((x: Tensor, i: number) => model.step(x, i));
  for (let i = 0; i < 60; i++) step(tensor(more, [32, ...SHAPE]), i);
  return model;
}

/** p(x) of each of the 16 images, by quadrature over z in [−8, 8]. */
async function exact({ decode }: LatentModel): Promise<number[]> {
  const n = 1600;
  const z = Float32Array.from({ length: n }, (_, i) => (16 * (i + 0.5)) / n - 8);
  const pixels = await floats(gpu.step((at: Tensor) => decode(at))(tensor(z, [n, 1])));
  return Array.from({ length: 16 }, (_, image) =>
    z.reduce((total, at, i) => {
      let likelihood = (16 / n) * (Math.exp((-at * at) / 2) / Math.sqrt(2 * Math.PI));
      for (let d = 0; d < 4; d++) {
        const p = pixels[4 * i + d];
        likelihood *= ALL[4 * image + d] ? p : 1 - p;
      }
      return total + likelihood;
    }, 0),
  );
}

const makers: [string, () => LatentModel][] = [
  ['vae', () => trained(vae(settle('vae', 'digits8', tiny), SHAPE, 1))],
  ['iwae', () => trained(iwae(settle('iwae', 'digits8', tiny), SHAPE, 1))],
  ['iaf_vae', () => trained(iafVae(settle('iaf_vae', 'digits8', { ...tiny, units: 8 }), SHAPE, 1))],
];

/** Mean, and how far from the true one it may be: five standard errors. */
function estimate(values: readonly number[]) {
  const centre = mean(values);
  const variance = mean(values.map((v) => (v - centre) ** 2));
  return { mean: centre, error: 5 * Math.sqrt(variance / values.length) };
}

describe.each(makers)('%s of four pixels, where log p(x) is known', (_, make) => {
  test('p(x) sums to one, and ELBO ≤ IWAE-5 ≤ IWAE-50 ≤ log p(x), which many draws reach', async () => {
    const model = make();
    const p = await exact(model);
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);

    const draws = 5000;
    const logW = gpu.step((x: Tensor) => model.logWeights(x, draws))(tensor(ALL, [16, ...SHAPE]));
    const w = Array.from(await floats(logW), Math.exp); // [draws, 16]
    const ofImage = (image: number) => w.filter((_, i) => i % 16 === image);
    /** Mean over images of log p(x) minus the bound that averages k draws. */
    const gap = (k: number) =>
      mean(
        p.map((px, image) => {
          const weights = ofImage(image);
          const bounds = Array.from({ length: draws / k }, (_, j) =>
            Math.log(mean(weights.slice(j * k, (j + 1) * k))),
          );
          return Math.log(px) - mean(bounds);
        }),
      );
    const [elbo, five, fifty] = [1, 5, 50].map(gap);
    expect(elbo).toBeGreaterThan(five);
    expect(five).toBeGreaterThan(fifty);
    expect(fifty).toBeGreaterThan(0);
    p.forEach((px, image) => {
      const all = estimate(ofImage(image));
      expect(Math.abs(all.mean - px)).toBeLessThan(all.error + 1e-5);
    });
  });

  test('the two forms of the bound have the same mean', async () => {
    const model = make();
    const n = 16 * 125;
    const x = tensor(
      Float32Array.from({ length: n * 4 }, (_, i) => ALL[i % 64]),
      [n, ...SHAPE],
    );
    const { reconstruction, kl, logW } = gpu.step((images: Tensor) => ({
      ...model.bound(images),
      logW: model.logWeights(images, 5),
    }))(x);
    const kls = await floats(kl);
    const divided = estimate(Array.from(await floats(reconstruction), (v, i) => v - kls[i]));
    const whole = estimate(Array.from(await floats(logW)));
    expect(Math.abs(divided.mean - whole.mean)).toBeLessThan(divided.error + whole.error);
    expect(whole.error).toBeLessThan(0.1);
  });
});

test.each([
  ['beta', { beta: 4 }, 0, (kl: number) => 4 * kl],
  ['warm-up, first step', { beta: 4, warm: 10 }, 0, (kl: number) => 0.4 * kl],
  ['warm-up, over', { beta: 4, warm: 10 }, 12, (kl: number) => 4 * kl],
  ['free bits, all free', { free: 3 }, 0, () => 8 * 3],
  ['sampled', { bound: 'sampled' }, 0, (kl: number) => kl],
] as const)('%s: what the KL term counts for', async (_, settings, i, counted) => {
  const model = vae(settle('vae', 'digits8', { ...settings, lr: 0 }), [8, 8, 1], 1);
  const x = tensor(
    Float32Array.from({ length: 64 * 64 }, (_, at) => at % 2),
    [64, 8, 8, 1],
  );
  const losses = gpu.step((images: Tensor) => model.step(images, i))(x);
  const [loss, reconstruction, kl] = await Promise.all(
    [losses.loss, losses.reconstruction, losses.kl].map((t) => t.item()),
  );
  expect(loss - reconstruction).toBeCloseTo(counted(kl), 3);
});

test('free nats leave no gradient to the KL term, and those beyond do', async () => {
  const slopes = async (free: number) => {
    const model = vae(settle('vae', 'digits8', { free, latent: 2, lr: 1 }), [8, 8, 1], 1);
    // Without a decoder the only gradient that reaches the encoder is that of the KL term.
    for (const v of Object.values((model.variables as { decoder: object }).decoder).flatMap(
      Object.values,
    )) {
      v.write(new Float32Array(v.size));
    }
    const before = await model.optimisers.optimiser.variables[0].data();
    gpu.step((x: Tensor) => model.step(x, 0))(
      tensor(new Float32Array(64 * 64).fill(1), [64, 8, 8, 1]),
    );
    const after = await model.optimisers.optimiser.variables[0].data();
    return Math.max(...before.map((v, at) => Math.abs(v - after[at])));
  };
  expect(await slopes(3)).toBe(0);
  expect(await slopes(0)).toBeGreaterThan(0.1);
});

test('the learning rate falls in stages of 1, 3, 9, .. 2187 of 3280 passes', () => {
  const rate = (pass: number) => stagedRate({ lr: 1, steps: 3280, schedule: 'stages' }, pass);
  const stages = [0, 1, 3, 4, 12, 13, 1092, 1093, 3279].map((pass) =>
    Math.round(7 * Math.log10(1 / rate(pass))),
  );
  expect(stages).toEqual([0, 1, 1, 2, 2, 3, 6, 7, 7]);
});

describe('σ-VAE', () => {
  const images = (n: number, f: (i: number) => number) =>
    tensor(
      Float32Array.from({ length: n * 64 }, (_, i) => f(i)),
      [n, 8, 8, 1],
    );

  test('σ* maximises the likelihood', async () => {
    const model = sigmaVae(settle('sigma_vae', 'digits8', {}), [8, 8, 1]);
    const { at, slope, sigma } = gpu.step((x: Tensor, mu: Tensor) => {
      const s = optimalLogSigma(x, mu);
      const at = sum(model.logLikelihood(x, mu, s));
      return { at, slope: grad(at, [s])[0], sigma: s };
    })(
      images(3, (i) => (i % 5) / 4),
      images(3, (i) => (i % 7) / 6),
    );
    // Σ (x − μ)² = n σ*², so log p = −n (½ + log σ* + ½ log 2π) there, where its slope is zero.
    const n = 3 * 64;
    const error = mean(Array.from({ length: n }, (_, i) => ((i % 5) / 4 - (i % 7) / 6) ** 2));
    expect(await sigma.item()).toBeCloseTo(0.5 * Math.log(error), 5);
    const best = -n * (0.5 + 0.5 * Math.log(error) + 0.5 * Math.log(2 * Math.PI));
    expect(await at.item()).toBeCloseTo(best, 2);
    expect(Math.abs(await slope.item())).toBeLessThan(1e-3);
  });

  test.each(['optimal', 'learned', 'fixed'] as const)('%s: σ after training', async (sigma) => {
    const model = sigmaVae(
      settle('sigma_vae', 'digits8', { sigma, hidden: 16, lr: 0.03 }),
      [8, 8, 1],
    );
    const step = gpu.step((x: Tensor, i: number) => model.step(x, i));
    for (let i = 0; i < 60; i++)
      step(
        images(64, (at) => 0.5 + 0.1 * Math.sin(at * at)),
        i,
      );
    const s = Math.exp((await model.logSigma.data())[0]);
    if (sigma === 'fixed') expect(s).toBe(1);
    else expect(s).toBeLessThan(0.5); // pixels spread by 0.07
  });
});
