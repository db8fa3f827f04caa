import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, grad, mul, sum, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { iafVae } from '../models/vae/iaf_vae.ts';
import { iwae } from '../models/vae/iwae.ts';
import type { LatentModel } from '../models/vae/latent.ts';
import { stagedRate } from '../models/vae/rate.ts';
import { optimalLogSigma, sigmaVae } from '../models/vae/sigma_vae.ts';
import { vae } from '../models/vae/vae.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const floats = async (t: Tensor) => (await t.data()) as Float32Array;
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

// All 16 binary images of 2×2 pixels, and models with one latent dimension: p(x) is an integral over
// a line, which the midpoint rule finds to 1e-5.
const SHAPE = [2, 2, 1];
const ALL = Float32Array.from({ length: 64 }, (_, i) => (i >> 2 >> (i & 3)) & 1);
const tiny = { latent: 1, hidden: 8, batch: 16, lr: 0.02, steps: 150 } as const;

/** Trains on images all black or all white, so that z has something to say. */
function trained<M extends LatentModel>(model: M): M {
  const extremes = Float32Array.from({ length: 64 }, (_, i) => ((i >> 2) % 3 ? 1 : 0));
  const step = gpu.step((x: Tensor, i: number) => model.step(x, i));
  for (let i = 0; i < tiny.steps; i++) step(tensor(extremes, [16, ...SHAPE]), i);
  return model;
}

/** p(x) of each of the 16 images, by quadrature over z in [−8, 8]. */
async function exact({ decode }: LatentModel): Promise<number[]> {
  const n = 1600;
  const z = Float32Array.from({ length: n }, (_, i) => (16 * (i + 0.5)) / n - 8);
  const pixels = await floats(gpu.step((at: Tensor) => decode(at))(tensor(z, [n, 1])));
  return Array.from({ length: 16 }, (_, image) =>
    z.reduce((total, at, i) => {
      let likelihood = (16 / n) * (Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI));
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

describe.each(makers)('%s of four pixels, where log p(x) is known', (_, make) => {
  test('p(x) sums to one, and ELBO ≤ IWAE-5 ≤ IWAE-50 ≤ log p(x), which many draws reach', async () => {
    const model = make();
    const p = await exact(model);
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);

    const draws = 5000;
    const logW = gpu.step((x: Tensor) => model.logWeights(x, draws))(tensor(ALL, [16, ...SHAPE]));
    const w = await floats(logW); // [draws, 16]
    /** Mean over images of log p(x) minus the bound that averages k draws. */
    const gap = (k: number) =>
      mean(
        p.map((px, image) => {
          const bounds = Array.from({ length: draws / k }, (_, j) => {
            const some = Array.from({ length: k }, (_, i) => w[(j * k + i) * 16 + image]);
            return Math.log(mean(some.map(Math.exp)));
          });
          return Math.log(px) - mean(bounds);
        }),
      );
    const [elbo, five, fifty, all] = [1, 5, 50, draws].map(gap);
    expect(elbo).toBeGreaterThan(five);
    expect(five).toBeGreaterThan(fifty);
    expect(fifty).toBeGreaterThan(all);
    // 80,000 weights whose logarithms spread by less than 1: the mean of each image is known to 2 %.
    expect(Math.abs(all)).toBeLessThan(0.01);
  });

  test('the two forms of the bound have the same mean', async () => {
    const model = make();
    const x = tensor(Float32Array.from({ length: 2000 * 4 }, (_, i) => ALL[i % 64]), [2000, ...SHAPE]);
    const { reconstruction, kl, logW } = gpu.step((images: Tensor) => ({
      ...model.bound(images),
      logW: model.logWeights(images, 20),
    }))(x);
    const divided = mean(await floats(reconstruction)) - mean(await floats(kl));
    // 2000 and 40,000 draws with standard deviations below 1: 0.03 is more than their error.
    expect(Math.abs(divided - mean(await floats(logW)))).toBeLessThan(0.06);
  });
});
