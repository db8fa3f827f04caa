import { currentGpu, sizeOf, type Tensor, tensor } from '../../engine/index.ts';
import { meanOf, ofRows } from '../chunks.ts';
import { examplesOf } from '../data/examples.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import { samplePoints, type ToyName, toys } from '../data/toys.ts';
import { frechetDistance } from '../metrics/frechet.ts';
import { precisionRecall } from '../metrics/neighbours.ts';
import { named } from '../metrics/names.ts';
import { klFromExact, toyStats } from '../metrics/toys.ts';
import { drawOnce, type Sampler } from '../sampler.ts';
import type { Divergence } from './divergence.ts';
import type { Ncsn } from './ncsn.ts';
import { flowLikelihood } from './probability_flow.ts';
import type { ScoreMatching } from './score_matching.ts';
import type { SdeModel } from './sde.ts';

const drawn = async (sampler: Sampler) => (await drawOnce(sampler)) as Float32Array;

/** Test metrics of a score at one noise level σ on a toy: its distance from the exact score. */
export async function evaluateScore(model: ScoreMatching, toy: ToyName, sigma: number) {
  const random = randomStream(5, 0);
  const clean = samplePoints(toy, 20_000, random);
  const points = Float32Array.from(clean, (v) => v + sigma * random.normal());
  const step = currentGpu().step((x: Tensor) => model.score(x));
  const found = (await step(tensor(points, [20_000, 2])).data()) as Float32Array;
  step.dispose();
  return scoreError(toy, points, found, sigma);
}

/**
 * How far scores found at noisy points are from the exact ones of the toy with noise σ: the mean of
 * ‖s − ∇log p‖², twice the Fisher divergence of Hyvärinen, and its share of the mean of ‖∇log p‖².
 */
export function scoreError(toy: ToyName, points: Float32Array, found: Float32Array, sigma: number) {
  const { score } = toys[toy];
  if (!score) throw new Error(`score: ${toy} has no exact score. Choose a mixture of Gaussians.`);
  const exact = score(points, sigma);
  const n = points.length / 2;
  const fisherDivergence = exact.reduce((sum, v, i) => sum + (found[i] - v) ** 2, 0) / n;
  const size = exact.reduce((sum, v) => sum + v * v, 0) / n;
  return { fisherDivergence, relativeScoreError: fisherDivergence / size };
}

/** Test metrics of an NCSN: on a toy those of 4000 samples, denoised, and `noisy` before it. */
export async function evaluateNcsn(model: Ncsn, source: Source): Promise<Record<string, number>> {
  if (source.form.kind !== 'points') return imageStats(source, (n) => model.sampler(n));
  const toy = source.name as ToyName;
  const noisy = await drawn(model.anneal(4000));
  const step = currentGpu().step((x: Tensor) => model.denoise(x));
  const clean = (await step(tensor(noisy, [4000, 2])).data()) as Float32Array;
  step.dispose();
  return {
    ...toyStats(toy, clean),
    noisyEnergyDistance: toyStats(toy, noisy).energyDistance,
  };
}

/**
 * Test metrics of a score SDE. On a toy: −log p(x) by the probability flow on 4000 points and its
 * distance from the exact density (nats), and the metrics of 4000 samples by its sampler and, with `ode`
 * before the name, of as many by the flow in equal steps. On images: bits per dimension of 64 test images by the flow,
 * and the metrics of samples.
 */
export async function evaluateSde(
  model: SdeModel,
  source: Source,
  divergence: Divergence,
): Promise<Record<string, number>> {
  if (source.form.kind !== 'points') {
    const bits = await testBits(model, source, divergence);
    return { bits, ...(await imageStats(source, (n) => model.sampler(n))) };
  }
  const toy = source.name as ToyName;
  const points = Float32Array.from(samplePoints(toy, 4000, randomStream(999, 0)));
  const likelihood = flowLikelihood([4000, 2], model, model.solver, divergence);
  const densities = await likelihood.logDensity(points);
  likelihood.dispose();
  const ode = toyStats(toy, await drawn(model.samplerBy(4000, 'heun')));
  return {
    nll: -meanOf(densities),
    kl: klFromExact(toy, points, densities),
    ...toyStats(toy, await drawn(model.sampler(4000))),
    ...named('ode', { ...ode }),
  };
}

/** Images whose bits are measured, and those that samples are compared with. */
const IMAGES = { measured: 64, compared: 200 };

/** Bits per dimension of test images, dequantised by uniform noise. */
async function testBits(model: SdeModel, source: Source, divergence: Divergence): Promise<number> {
  const n = Math.min(IMAGES.measured, source.testCount as number);
  const size = sizeOf(source.shape);
  const embedded = currentGpu().step((rows: Tensor) => model.embed(source.drawTest(n, rows)));
  const x = await ofRows(n, n, embedded);
  embedded.dispose();
  const likelihood = flowLikelihood([n, ...source.shape], model, model.solver, divergence);
  const logDensity = meanOf(await likelihood.logDensity(x));
  likelihood.dispose();
  // A level is 2 / (white + 1) wide on [−1, 1].
  return Math.log2((source.white + 1) / 2) - logDensity / (size * Math.LN2);
}

/** Fréchet distance in pixels, precision and recall of samples against training images. */
async function imageStats(source: Source, sampler: (n: number) => Sampler) {
  const size = sizeOf(source.shape);
  const n = Math.min(IMAGES.compared, source.count as number);
  const real = await examplesOf(source, n, 'train');
  const fake = (await drawn(sampler(n))).map((v) => Math.min(1, Math.max(0, v)));
  const { precision, recall } = await precisionRecall(real, fake, size);
  return { frechet: await frechetDistance(real, fake, size), precision, recall };
}
