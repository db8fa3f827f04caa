import { currentGpu, sizeOf, type Tensor, tensor } from '../../engine/index.ts';
import { meanOf, ofRows } from '../chunks.ts';
import { examplesOf } from '../data/examples.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import { type Points, samplePoints, type ToyName, toys } from '../data/toys.ts';
import { frechetDistance } from '../metrics/frechet.ts';
import { precisionRecall } from '../metrics/neighbours.ts';
import { klFromExact, toyStats } from '../metrics/toys.ts';
import { drawOnce } from '../sampler.ts';
import type { Flow, ImageFlow } from './likelihood.ts';

/** Points that go through a step together. */
const CHUNK = 10_000;
/** Side of the box over which the density must integrate to one. */
const BOX = 12;

/**
 * Test metrics of a flow on a toy: −log p(x) on 20,000 points and its distance from the exact density
 * (nats), the integral of the density over a grid and, where the toy has modes, that of the part beyond 3σ
 * of all of them, the error of inverse(forward(x)), and the sample metrics of 4000 samples.
 */
export async function evaluatePoints(model: Flow, toy: ToyName) {
  const gpu = currentGpu();
  const logDensity = gpu.step((x: Tensor) => model.logDensity(x));
  const inverted = gpu.step((x: Tensor) => model.inverse(model.forward(x)[0])[0]);

  const points = Float32Array.from(samplePoints(toy, 20_000, randomStream(999, 0)));
  const densities = await inChunks(points, logDensity);
  const some = points.subarray(0, 4000);
  const back = (await inverted(tensor(some, [2000, 2])).data()) as Float32Array;
  const stats = toyStats(toy, await drawn(model, 4000));
  const mass = await integrate(logDensity, toy);
  for (const step of [logDensity, inverted]) step.dispose();
  return {
    nll: -densities.reduce((a, b) => a + b, 0) / densities.length,
    kl: klFromExact(toy, points, densities),
    ...mass,
    inverseError: largestDifference(some, back),
    ...stats,
  };
}

/** Samples of a model as it is. */
const drawn = async (model: Flow, n: number) => (await drawOnce(model.sampler(n))) as Float32Array;

const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);

/** Integrals of the density over the box and beyond the modes, by the midpoint rule on 600×600 points. */
async function integrate(
  logDensity: (x: Tensor) => Tensor,
  toy: ToyName,
): Promise<Record<string, number>> {
  const side = 600;
  const h = BOX / side;
  const at = (i: number) => (i + 0.5) * h - BOX / 2;
  const grid = Float32Array.from({ length: 2 * side * side }, (_, i) =>
    at(i % 2 === 0 ? Math.floor(i / 2 / side) : (i >> 1) % side),
  );
  const masses = (await inChunks(grid, logDensity)).map((l) => Math.exp(l) * h * h);
  const { modes } = toys[toy];
  const total = (of: Float64Array) => of.reduce((sum, mass) => sum + mass, 0);
  if (!modes) return { integral: total(masses) };
  const { centres, sigma } = modes;
  const beyond = masses.filter((_, i) => {
    for (let k = 0; k < centres.length; k += 2) {
      const distance = Math.hypot(grid[2 * i] - centres[k], grid[2 * i + 1] - centres[k + 1]);
      if (distance < 3 * sigma) return false;
    }
    return true;
  });
  return { integral: total(masses), beyondModes: total(beyond) };
}

/** A value for each point, [n, 2] in chunks of the same size through one step. */
async function inChunks(points: Points, step: (x: Tensor) => Tensor): Promise<Float64Array> {
  const values = new Float64Array(points.length / 2);
  for (let start = 0; start < values.length; start += CHUNK) {
    const part = Float32Array.from(points.subarray(2 * start, 2 * (start + CHUNK)));
    values.set(await step(tensor(part, [part.length / 2, 2])).data(), start);
  }
  return values;
}

/** Images that go through a step together, and those that samples are compared with. */
const IMAGES = { chunk: 200, compared: 1438 };

/**
 * Test metrics of a flow on images: bits per dimension of the test images, 8 draws of the noise for each
 * (1 on large sets), and of as many training images with one, the error of inverse(forward(x)), and of
 * samples within [0, 1] the Fréchet distance in pixels, precision and recall against training images.
 */
export async function evaluateImages(model: ImageFlow, source: Source) {
  const gpu = currentGpu();
  const [count, testCount] = [source.count as number, source.testCount as number];
  const size = sizeOf(source.shape);
  const testBits = gpu.step((rows: Tensor) => model.bits(source.drawTest(rows.size, rows)));
  const trainBits = gpu.step((rows: Tensor) => model.bits(source.draw(rows.size, rows)));
  const inverted = gpu.step((x: Tensor) => model.inverse(model.forward(x)[0])[0]);

  const compared = Math.min(IMAGES.compared, count);
  const real = await examplesOf(source, compared, 'train');
  const fake = (await drawn(model, compared)).map((v) => Math.min(1, Math.max(0, v)));
  const some = real.slice(0, 32 * size).map((v) => v * (source.white / (source.white + 1)));
  const back = await inverted(tensor(some, [32, ...source.shape])).data();
  const draws = testCount <= 1000 ? 8 : 1;
  const test: number[] = [];
  for (let k = 0; k < draws; k++)
    test.push(meanOf(await ofRows(testCount, IMAGES.chunk, testBits)));
  const train = meanOf(await ofRows(Math.min(count, testCount * 4), IMAGES.chunk, trainBits));
  for (const step of [testBits, trainBits, inverted]) step.dispose();
  const { precision, recall } = await precisionRecall(real, fake, size);
  return {
    testBits: meanOf(test),
    trainBits: train,
    inverseError: largestDifference(some, back as Float32Array),
    frechet: await frechetDistance(real, fake, size),
    precision,
    recall,
  };
}
