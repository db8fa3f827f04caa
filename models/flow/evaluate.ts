import { currentGpu, normal, type Tensor, tensor } from '../../engine/index.ts';
import { randomStream } from '../data/random.ts';
import { type Points, samplePoints, type ToyName } from '../data/toys.ts';
import { klFromExact, toyStats } from '../metrics/toys.ts';
import type { Flow } from './likelihood.ts';

/** Points that go through a step together. */
const CHUNK = 10_000;
/** Side of the box over which the density must integrate to one. */
const BOX = 12;

/**
 * Test metrics of a flow on a toy: −log p(x) on 20,000 points and its distance from the exact
 * density (nats), the integral of the density over a grid, the error of inverse(forward(x)), and
 * the sample metrics of 4000 samples.
 */
export async function evaluateFlow(model: Flow, toy: ToyName) {
  const gpu = currentGpu();
  const logDensity = gpu.step((x: Tensor) => model.logDensity(x));
  const inverted = gpu.step((x: Tensor) => model.inverse(model.forward(x)[0])[0]);
  const samples = gpu.step(() => model.inverse(normal([4000, 2]))[0]);

  const points = Float32Array.from(samplePoints(toy, 20_000, randomStream(999, 0)));
  const densities = await inChunks(points, logDensity);
  const some = points.subarray(0, 4000);
  const back = (await inverted(tensor(some, [2000, 2])).data()) as Float32Array;
  const stats = toyStats(toy, (await samples().data()) as Float32Array);
  const integral = await integrate(logDensity);
  for (const step of [logDensity, inverted, samples]) step.dispose();
  return {
    nll: -densities.reduce((a, b) => a + b, 0) / densities.length,
    kl: klFromExact(toy, points, densities),
    integral,
    inverseError: some.reduce((most, v, i) => Math.max(most, Math.abs(v - back[i])), 0),
    ...stats,
  };
}

/** The integral of the density over the box, by the midpoint rule on 600×600 points. */
async function integrate(logDensity: (x: Tensor) => Tensor): Promise<number> {
  const side = 600;
  const h = BOX / side;
  const at = (i: number) => (i + 0.5) * h - BOX / 2;
  const grid = Float32Array.from({ length: 2 * side * side }, (_, i) =>
    at(i % 2 === 0 ? Math.floor(i / 2 / side) : (i >> 1) % side),
  );
  const densities = await inChunks(grid, logDensity);
  return densities.reduce((sum, l) => sum + Math.exp(l) * h * h, 0);
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
