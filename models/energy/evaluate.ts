import {
  argmax,
  cast,
  crossEntropy,
  currentGpu,
  equal,
  type Tensor,
  tensor,
} from '../../engine/index.ts';
import { chunks, floats, meanOf, ofRows } from '../chunks.ts';
import { examplesOf } from '../data/examples.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import { samplePoints, type ToyName } from '../data/toys.ts';
import { frechetDistance } from '../metrics/frechet.ts';
import { precisionRecall } from '../metrics/neighbours.ts';
import { klFromExact, toyStats } from '../metrics/toys.ts';
import { drawOnce } from '../sampler.ts';
import { compareWith } from '../uses/outliers.ts';
import { annealedImportance } from './ais.ts';
import { type Ebm, SIDE } from './ebm.ts';
import type { EnergyModel, ImageEnergy } from './energy.ts';
import type { Jem } from './jem.ts';
import {
  ENUMERABLE,
  enumerated,
  integrated,
  machineAnnealing,
  squareAnnealing,
} from './partition.ts';
import type { Rbm } from './rbm.ts';

/** Chains of annealed importance sampling, and its steps. */
const [CHAINS, STEPS] = [200, 1000];
/** Images that go through a step together, those that are looked at, and samples, at most. */
const IMAGES = { chunk: 500, count: 2000, samples: 200 };
/** Numbers of an image of which covariances are taken, at most. */
const SMALL = 256;

/**
 * −log p of an RBM on test and training images, nats: with Z by enumeration where one layer is small
 * enough, else as annealed importance sampling has it, whose estimate and standard error are there in
 * either case.
 */
export async function evaluateRbm(model: Rbm, source: Source) {
  const { weights } = model;
  const ais = await annealedImportance(machineAnnealing(model, CHAINS), STEPS);
  const small = Math.min(...weights.W.shape) <= ENUMERABLE;
  const logZ = small ? await enumerated(weights) : ais.logZ;
  const { test, train } = await energies(model, source);
  return {
    nll: test + logZ,
    trainNll: train + logZ,
    logZ,
    aisLogZ: ais.logZ,
    aisError: ais.error,
  };
}

/** The mean energy of all test images, and of the first training images. */
async function energies({ energy }: EnergyModel, source: Source) {
  const gpu = currentGpu();
  const ofTest = gpu.step((rows: Tensor) => energy(source.drawTest(rows.size, rows)));
  const ofTrain = gpu.step((rows: Tensor) => energy(source.draw(rows.size, rows)));
  const count = Math.min(IMAGES.count, source.count as number);
  const test = meanOf(await ofRows(source.testCount as number, IMAGES.chunk, ofTest));
  const train = meanOf(await ofRows(count, IMAGES.chunk, ofTrain));
  for (const step of [ofTest, ofTrain]) step.dispose();
  return { test, train };
}

/**
 * Test metrics of an EBM on a toy: −log p on 20,000 points with Z by quadrature over its square and the
 * distance from the exact density, nats; log Z also by annealed importance sampling; the sample metrics
 * of 4000 chains.
 */
export async function evaluatePoints(model: Ebm, toy: ToyName) {
  const { energy } = model;
  const points = Float32Array.from(samplePoints(toy, 20_000, randomStream(999, 0)));
  const step = currentGpu().step((x: Tensor) => energy(x));
  const logZ = await integrated(energy, SIDE);
  const logs = (await floats(step(tensor(points, [20_000, 2])))).map((e) => -e - logZ);
  step.dispose();
  const square = squareAnnealing(energy, { side: SIDE, eps: 0.02, chains: CHAINS });
  const ais = await annealedImportance(square, STEPS);
  return {
    nll: -meanOf(logs),
    kl: klFromExact(toy, points, logs),
    logZ,
    aisLogZ: ais.logZ,
    aisError: ais.error,
    ...toyStats(toy, (await drawOnce(model.sampler(4000))) as Float32Array),
  };
}

/**
 * Test metrics of an energy-based model of images: the mean energy of test and training images, how well
 * it tells test images from the same with shuffled pixels (AUROC), and of its samples precision and
 * recall against training images and, where images are small, the Fréchet distance in pixels.
 */
export async function evaluateImages(model: ImageEnergy, source: Source) {
  const size = source.shape.reduce((a, b) => a * b, 1);
  const { test, train } = await energies(model, source);
  const count = Math.min(IMAGES.count, source.count as number);
  const real = await examplesOf(source, count, 'train');
  const fake = (await drawOnce(model.sampler(IMAGES.samples))) as Float32Array;
  const { auroc } = await compareWith({ model, source }, 'shuffled', IMAGES.count);
  const { precision, recall } = await precisionRecall(real, fake, size);
  return {
    energy: test,
    trainEnergy: train,
    aurocShuffled: auroc,
    precision,
    recall,
    ...(size <= SMALL && { frechet: await frechetDistance(real, fake, size) }),
  };
}

/** The same of a JEM, with −log p(y|x) and the accuracy of its classes on test images. */
export async function evaluateJem(model: Jem, source: Source) {
  const step = currentGpu().step((rows: Tensor) => {
    const f = model.logits(source.drawTest(rows.size, rows));
    const y = source.drawTestClasses(rows) as Tensor;
    return { loss: crossEntropy(f, y), right: cast(equal(argmax(f, -1), y), 'f32') };
  });
  const loss: number[] = [];
  const right: number[] = [];
  for (const rows of chunks(source.testCount as number, IMAGES.chunk)) {
    const found = step(tensor(rows));
    loss.push(...(await floats(found.loss)));
    right.push(...(await floats(found.right)));
  }
  step.dispose();
  const classes = { accuracy: meanOf(right), classification: meanOf(loss) };
  return { ...classes, ...(await evaluateImages(model, source)) };
}
