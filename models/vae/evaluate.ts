import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import type { Vae } from './vae.ts';

/** Test images that go through a step together. */
const CHUNK = 1000;

/**
 * Test metrics of a VAE, nats per image: the negative bound (64 draws of z for each image, 4 on
 * large sets) with its terms, the importance-weighted bound on −log p(x) (1000 draws, 16 on large
 * sets; Burda et al. 2015, arXiv 1509.00519, eq. 8), and the number of active units, those whose
 * mean varies over the data by more than 0.01 (section 4.2 there).
 */
export async function evaluateVae(model: Vae, source: Source) {
  const count = source.testCount as number;
  const draws = count <= CHUNK ? { bound: 64, importance: 1000 } : { bound: 4, importance: 16 };
  const gpu = currentGpu();
  const images = (rows: Tensor) => source.drawTest(rows.size, rows);
  const posterior = gpu.step((rows: Tensor) => {
    const { mu } = model.encode(images(rows));
    return { mu, kl: model.bound(images(rows)).kl };
  });
  const likelihood = gpu.step((rows: Tensor) => model.bound(images(rows)).reconstruction);
  const weight = gpu.step((rows: Tensor) => model.logWeight(images(rows)));

  let [reconstruction, kl, importance] = [0, 0, 0];
  const means: Float32Array[] = [];
  for (let start = 0; start < count; start += CHUNK) {
    const rows = Uint32Array.from({ length: Math.min(CHUNK, count - start) }, (_, i) => start + i);
    const repeated = async (step: (rows: Tensor) => Tensor, times: number) => {
      const results: Float32Array[] = [];
      for (let k = 0; k < times; k++) results.push(await floats(step(tensor(rows))));
      return results;
    };
    const q = posterior(tensor(rows));
    means.push(await floats(q.mu));
    kl += total(await floats(q.kl));
    const terms = await repeated(likelihood, draws.bound);
    reconstruction += terms.reduce((sum, term) => sum + total(term), 0) / draws.bound;
    importance += total(logMeanExp(await repeated(weight, draws.importance)));
  }
  for (const step of [posterior, likelihood, weight]) step.dispose();
  return {
    negativeBound: (kl - reconstruction) / count,
    reconstruction: -reconstruction / count,
    kl: kl / count,
    importanceBound: -importance / count,
    activeUnits: activeUnits(means, model.latent),
  };
}

const floats = async (t: Tensor) => (await t.data()) as Float32Array;
const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

/** log of the mean over draws of exp(weight), for each image, in float64. */
function logMeanExp(draws: Float32Array[]): number[] {
  return Array.from(draws[0], (_, i) => {
    const largest = Math.max(...draws.map((d) => d[i]));
    const sum = draws.reduce((s, d) => s + Math.exp(d[i] - largest), 0);
    return largest + Math.log(sum / draws.length);
  });
}

/** How many columns of the rows of μ have a variance above 0.01. */
function activeUnits(means: Float32Array[], latent: number): number {
  const columns = Array.from({ length: latent }, (_, unit) =>
    means.flatMap((rows) => Array.from(rows.filter((_, i) => i % latent === unit))),
  );
  return columns.filter((column) => variance(column) > 0.01).length;
}

function variance(values: number[]): number {
  const mean = total(values) / values.length;
  return total(values.map((v) => (v - mean) ** 2)) / (values.length - 1);
}
