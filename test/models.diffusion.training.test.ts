import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Arg,
  adam,
  add,
  broadcastTo,
  div,
  exp,
  type Gpu,
  grad,
  mean,
  mul,
  normal,
  reshape,
  sqrt,
  square,
  type Tensor,
  tensor,
  uniform,
} from '../engine/index.ts';
import { timeMlp } from '../models/backbones/time_mlp.ts';
import { settle } from '../models/catalog.ts';
import { drawToy } from '../models/data/draw.ts';
import { batches } from '../models/data/batches.ts';
import { randomStream } from '../models/data/random.ts';
import { openSource, type Source } from '../models/data/source.ts';
import { samplePoints, toys } from '../models/data/toys.ts';
import { ddim, subsequence } from '../models/diffusion/ddim.ts';
import { type Diffusion, diffusion } from '../models/diffusion/ddpm.ts';
import { dit } from '../models/diffusion/dit.ts';
import { boundOf } from '../models/diffusion/evaluate.ts';
import { latentDiffusion } from '../models/diffusion/latent_diffusion.ts';
import { ddpmNetwork, portsOf } from '../models/diffusion/networks.ts';
import { qualityMeter } from '../models/metrics/quality.ts';
import { draws } from '../models/diffusion/reverse.ts';
import { cosine } from '../models/diffusion/schedule.ts';
import { annealed, denoiseBy, sigmasOf } from '../models/diffusion/score_link.ts';
import { pixelUnits, pointUnits } from '../models/diffusion/units.ts';
import { toyStats } from '../models/metrics/toys.ts';
import type { Model } from '../models/model.ts';
import { drawOnce } from '../models/sampler.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const toy = 'eight_gaussians';
const ofPoints = (more: object) => {
  const config = settle('ddpm', toy, {
    hidden: 32,
    batch: 128,
    steps: 300,
    average: 0.97,
    ...more,
  });
  return diffusion(config, ddpmNetwork(config, portsOf(config, [2], 0)), [2], pointUnits(1.5));
};

/** The losses of the first and the last of so many steps. */
async function trained(model: Model, source: Source, steps: number): Promise<[number, number]> {
  const walk = source.count ? batches(source.count, model.rows, 0) : null;
  const step = gpu.step((i: number, rows: Tensor | null) =>
    model.step(source.draw(model.rows, rows), i, source.drawClasses(rows)),
  );
  const lossAt = (i: number) => step(i, walk && tensor(walk.next())).loss;
  const first = await lossAt(0).item();
  for (let i = 1; i < steps - 1; i++) lossAt(i);
  const last = await lossAt(steps - 1).item();
  step.dispose();
  return [first, last];
}

const distanceOf = async (points: Promise<unknown>) =>
  toyStats(toy, (await points) as Float32Array, 1000).energyDistance;

describe('on points', () => {
  // A v of 0 draws a Gaussian of the right size already.
  test.each([
    ['epsilon', {}, 0.4],
    ['v', { predict: 'v' }, 0.9],
    ['x0', { predict: 'x0' }, 0.4],
    ['improved', { variance: 'learned', loss: 'hybrid' }, 0.4],
    ['linear', { schedule: 'linear', variance: 'large' }, 0.4],
  ])('%s: samples come near, and the bound stays above the entropy', async (name, more, part) => {
    const model = ofPoints(more);
    const now = () => distanceOf(drawOnce(model.sampler(1000)));
    const before = await now();
    await trained(model, await openSource(toy), 300);
    const after = await now();
    expect(after).toBeLessThan(part * before);
    const points = Float32Array.from(samplePoints(toy, 500, randomStream(9, 0)));
    expect(await boundOf(model, points, [500, 2], 1)).toBeGreaterThan(toys[toy].entropy);
    if (name !== 'epsilon') return;

    // The same network as a score, in the sampler of an NCSN.
    const sigma = sigmasOf(model.schedule);
    const times = subsequence(100, 20).filter((t) => sigma[t] < 4);
    const chain = annealed(model.denoise(), model.schedule, { times, moves: 10, rate: 0.1 });
    const langevin = await distanceOf(drawOnce(draws([1000, 2], chain, model.units.outOf)));
    expect(langevin).toBeLessThan(0.4 * before);
  });

  test('the bound itself can be trained on', async () => {
    const model = ofPoints({ variance: 'learned', loss: 'bound' });
    const points = Float32Array.from(samplePoints(toy, 500, randomStream(9, 0)));
    await trained(model, await openSource(toy), 300);
    const bound = await boundOf(model, points, [500, 2], 1);
    expect(bound).toBeGreaterThan(toys[toy].entropy);
    expect(bound).toBeLessThan(6); // N(0, I) in units of the network has 3.9; L_simple is at 20 here
  });
});

test('the network of an NCSN draws in the chain of DDIM', async () => {
  const [most, least] = [4, 0.05]; // in units of the network
  const network = timeMlp({ size: 2, hidden: 32, layers: 3 });
  const optimiser = adam(network.weights, { lr: 2e-3 });
  /** σ s(x, σ), and the place of σ between the levels. */
  const scaled = (x: Tensor, place: Tensor, sigma: Arg) =>
    network.run(network.weights, div(x, sqrt(add(square(sigma), 1))), place);
  const learn = gpu.step(() => {
    const x = mul(drawToy(toy, 256), 1 / 1.5);
    const place = uniform([256]);
    const sigma = reshape(mul(exp(mul(place, Math.log(least / most))), most), [256, 1]);
    const noise = normal([256, 2]);
    const said = scaled(add(x, mul(sigma, noise)), place, sigma);
    const loss = mean(square(add(said, noise))); // denoising score matching, weight σ²
    optimiser.update(grad(loss, optimiser.variables));
  });
  const schedule = cosine(100);
  const sigma = sigmasOf(schedule);
  const times = subsequence(100, 100).filter((t) => sigma[t] <= most && sigma[t] >= least);
  const denoise = denoiseBy((y, level) => {
    const place = Math.log(level / most) / Math.log(least / most);
    return div(scaled(y, broadcastTo(place, [1000]), level), level);
  }, schedule);
  const now = () =>
    distanceOf(drawOnce(draws([1000, 2], ddim(denoise, schedule, { times }), (x) => mul(x, 1.5))));
  const before = await now();
  for (let i = 0; i < 400; i++) learn();
  expect(await now()).toBeLessThan(0.2 * before);
});

describe('on images', () => {
  const shape = [8, 8, 1];

  test('guidance raises the share of samples of their class', async () => {
    const source = await openSource('digits8');
    const config = settle('ddpm', 'digits8', {
      ...{ classes: 'yes', hidden: 128, steps: 400, average: 0.98 },
    });
    const network = ddpmNetwork(config, portsOf(config, shape, 10));
    const model = diffusion(config, network, shape, pixelUnits(16));
    await trained(model, source, 400);
    const meter = await qualityMeter(source);
    const n = 500;
    const classes = Uint32Array.from({ length: n }, (_, i) => i % 10);
    const at = async (guidance: number) => {
      const sampler = model.sampler(n, { sampler: 'ddim', passes: 20, guidance, classes });
      const images = (await drawOnce(sampler)) as Float32Array<ArrayBuffer>;
      return meter.accuracy(images, classes);
    };
    const [without, guided] = [await at(0), await at(2)];
    expect(without).toBeGreaterThan(0.14); // 0.1 by chance, ± 0.013
    expect(guided).toBeGreaterThan(without + 0.1);
  });

  test('a U-Net and a diffusion transformer learn', async () => {
    const source = await openSource('digits8');
    const unet = settle('ddpm', 'digits8', {
      ...{ network: 'unet', channels: 8, levels: 2, groups: 4, batch: 16, steps: 25, lr: 2e-3 },
    });
    const transformer = settle('dit', 'digits8', {
      ...{ width: 32, depth: 2, batch: 16, steps: 25, lr: 2e-3, patch: 2 },
    });
    const models: Diffusion[] = [
      diffusion(unet, ddpmNetwork(unet, portsOf(unet, shape, 10)), shape, pixelUnits(16)),
      diffusion(
        transformer,
        dit(transformer, portsOf(transformer, shape, 10)),
        shape,
        pixelUnits(16),
      ),
    ];
    for (const model of models) {
      const [first, last] = await trained(model, source, 25);
      expect(first).toBeGreaterThan(0.8); // zeros, for noise of variance 1
      expect(last).toBeLessThan(0.8 * first);
      const images = await drawOnce(model.sampler(4, { sampler: 'ddim', passes: 3 }));
      expect(images.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
  });

  test('latent diffusion trains its autoencoder, then its prior, and draws images', async () => {
    const source = await openSource('digits8');
    const config = settle('latent_diffusion', 'digits8', {
      ...{ latent: 8, units: 64, hidden: 64, vae_steps: 300, steps: 700, average: 0.98 },
    });
    const model = latentDiffusion(config, shape, 16, 10);
    await trained(model, source, 300);
    const meter = await qualityMeter(source);
    const { autoencoder } = model.optimisers;
    expect(autoencoder.updates).toBe(300);
    const half = gpu.step((i: number, rows: Tensor) => model.step(source.draw(64, rows), i));
    const walk = batches(source.count as number, 64, 1);
    for (let i = 300; i < 700; i++) half(i, tensor(walk.next()));
    expect(autoencoder.updates).toBe(300);
    expect(model.optimisers.prior.updates).toBe(400);
    const quality = async (of: Pick<Model, 'sampler'>) =>
      meter.of((await drawOnce(of.sampler(500))) as Float32Array<ArrayBuffer>);
    const [latent, alone] = [await quality(model), await quality(model.autoencoder)];
    expect(latent.frechet).toBeLessThan(alone.frechet);
  });
});
