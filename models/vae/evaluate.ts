import { currentGpu, mean, square, sub, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import { chunks, floats, total } from '../chunks.ts';
import { linearProbe } from '../uses/representation.ts';
import type { LatentModel } from './latent.ts';
import type { SigmaVae } from './sigma_vae.ts';

/** More test images than these are many. */
const MANY = 1000;
/** Draws of z for each image of a chunk at once. */
const TOGETHER = 20;

/**
 * Test metrics of a model with latent vectors, nats per image: the negative bound (64 draws of z for
 * each image) with its terms; the importance-weighted bound on −log p(x) (1000 draws; Burda et al.
 * 2015, arXiv 1509.00519, eq. 8); the number of active units, those whose mean varies over the data
 * by more than 0.01 (appendix C there); and how well a linear classifier reads the classes from
 * embeddings. Of large sets on a software adapter 4 and 16 draws, which take minutes as it is.
 */
export async function evaluateVae(model: LatentModel, source: Source) {
  const gpu = currentGpu();
  const count = source.testCount as number;
  const few = gpu.software && count > MANY;
  const draws = few ? { bound: 4, importance: 16 } : { bound: 64, importance: 1000 };
  const together = Math.min(TOGETHER, draws.importance);
  const images = (rows: Tensor) => source.drawTest(rows.size, rows);
  const bound = gpu.step((rows: Tensor) => model.bound(images(rows)));
  const embed = gpu.step((rows: Tensor) => model.embed(images(rows)));
  const weights = gpu.step((rows: Tensor) => model.logWeights(images(rows), together));

  let [reconstruction, kl, importance] = [0, 0, 0];
  const embedded = new Float32Array(count * model.latent);
  for (const rows of chunks(count)) {
    embedded.set(await floats(embed(tensor(rows))), rows[0] * model.latent);
    for (let k = 0; k < draws.bound; k++) {
      const terms = bound(tensor(rows));
      reconstruction += total(await floats(terms.reconstruction)) / draws.bound;
      kl += total(await floats(terms.kl)) / draws.bound;
    }
    const logMean = logMeanExp(rows.length);
    for (let k = 0; k < draws.importance; k += together) {
      logMean.add(await floats(weights(tensor(rows))));
    }
    importance += total(logMean.values());
  }
  for (const step of [bound, embed, weights]) step.dispose();
  return {
    negativeBound: (kl - reconstruction) / count,
    reconstruction: -reconstruction / count,
    kl: kl / count,
    importanceBound: -importance / count,
    activeUnits: activeUnits(embedded, model.latent),
    ...(source.classes.length > 0 && {
      probeAccuracy: await linearProbe(source, model.embed),
    }),
  };
}

/** Those of a model with latent vectors, the σ in use and the mean squared error of test images. */
export async function evaluateSigmaVae(model: SigmaVae, source: Source) {
  const metrics = await evaluateVae(model, source);
  const error = currentGpu().step((rows: Tensor) => {
    const x = source.drawTest(rows.size, rows);
    return mean(square(sub(x, model.decode(model.embed(x)))));
  });
  const count = source.testCount as number;
  let squares = 0;
  for (const rows of chunks(count)) {
    squares += ((await error(tensor(rows)).item()) * rows.length) / count;
  }
  error.dispose();
  return { ...metrics, sigma: Math.exp((await model.logSigma.data())[0]), squaredError: squares };
}

/** Gathers log weights [k, n], k draws at a time, to log of the mean of exp, in float64. */
function logMeanExp(n: number) {
  const largest = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(n); // of exp(weight − largest)
  let draws = 0;
  return {
    add(weights: Float32Array) {
      draws += weights.length / n;
      weights.forEach((w, at) => {
        const i = at % n;
        if (w > largest[i]) {
          sums[i] *= Math.exp(largest[i] - w);
          largest[i] = w;
        }
        sums[i] += Math.exp(w - largest[i]);
      });
    },
    values: () => sums.map((sum, i) => largest[i] + Math.log(sum / draws)),
  };
}

/** How many columns of rows [n, latent] have a variance above 0.01. */
function activeUnits(rows: Float32Array, latent: number): number {
  const columns = Array.from({ length: latent }, (_, unit) =>
    rows.filter((_, i) => i % latent === unit),
  );
  return columns.filter((column) => variance(column) > 0.01).length;
}

function variance(values: Float32Array): number {
  const centre = total(values) / values.length;
  return total(Array.from(values, (v) => (v - centre) ** 2)) / (values.length - 1);
}
