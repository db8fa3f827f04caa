import {
  add,
  crossEntropy,
  currentGpu,
  grad,
  mean,
  mul,
  nn,
  sgd,
  softmax,
  square,
  sum,
  type Tensor,
  tensor,
  variable,
} from '../../engine/index.ts';
import type { Rows } from './distance.ts';

/** Tells the classes of rows. */
export interface Classifier {
  /** The probabilities of all K classes for each of n rows: [n, K]. */
  probabilities(rows: Float32Array<ArrayBuffer>): Promise<Float32Array>;
  dispose(): void;
}

/** Weight of the sum of squared weights, so that there is one best classifier. */
const DECAY = 1e-3;
/** Updates with momentum, by which the loss has long stopped to fall. */
const [UPDATES, MOMENTUM] = [1500, 0.97];

/**
 * Multinomial logistic regression of rows [n, size] on classes 0 ... K − 1: the one minimum of the mean
 * cross-entropy plus 10⁻³ times the sum of squared weights, found by full-batch gradient descent with
 * momentum. On the open engine.
 */
export function linearClassifier(
  rows: Float32Array<ArrayBuffer>,
  labels: Uint32Array<ArrayBuffer>,
  K: number,
): Classifier {
  const gpu = currentGpu();
  const n = labels.length;
  const size = rows.length / n;
  const [x, y] = [variable(rows, [n, size]), variable(labels)];
  const layer = { weight: nn.filled(0, [size, K]), bias: nn.filled(0, [K]) };
  // The slope of the loss changes by at most half the mean square of a row, with its one for the bias.
  const steepest = 0.5 * (1 + rows.reduce((sum, v) => sum + v * v, 0) / n) + 2 * DECAY;
  const optimiser = sgd(layer, { lr: 1 / steepest, momentum: MOMENTUM });
  const learn = gpu.step(() => {
    const loss = mean(crossEntropy(nn.linear(layer, x), y));
    const penalised = add(loss, mul(sum(square(layer.weight)), DECAY));
    optimiser.update(grad(penalised, optimiser.variables));
  });
  for (let i = 0; i < UPDATES; i++) learn();
  learn.dispose();
  for (const v of [x, y, ...Object.values(optimiser.state)]) v.dispose();

  const tell = gpu.step((z: Tensor) => softmax(nn.linear(layer, z)));
  return {
    probabilities: async (values) =>
      (await tell(tensor(values, [values.length / size, size])).data()) as Float32Array,
    dispose() {
      tell.dispose();
      for (const v of optimiser.variables) v.dispose();
    },
  };
}

/**
 * exp E KL(p(y|x) ‖ p(y)) of class probabilities [n, K], from 1 to K: the Inception Score of T. Salimans
 * et al., Improved Techniques for Training GANs, 2016, arXiv 1606.03498, section 4, where the classifier
 * is an Inception network. Here it is whose probabilities are given.
 */
export function classifierScore(p: Rows, K: number): number {
  const n = p.length / K;
  const marginal = new Float64Array(K);
  for (let i = 0; i < p.length; i++) marginal[i % K] += p[i] / n;
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    if (p[i] > 0) divergence += (p[i] * Math.log(p[i] / marginal[i % K])) / n;
  }
  return Math.exp(divergence);
}

/** `classifierScore` of each of so many equal parts of the rows, in order, as papers report it. */
export function splitScores(p: Rows, K: number, parts = 10): number[] {
  const rows = Math.floor(p.length / K / parts);
  return Array.from({ length: parts }, (_, i) =>
    classifierScore(p.subarray(i * rows * K, (i + 1) * rows * K), K),
  );
}

/** Part of rows with probabilities [n, K] whose likeliest class is the one given. */
export function accuracy(p: Rows, labels: ArrayLike<number>, K: number): number {
  const right = likeliest(p, K).filter((k, i) => k === labels[i]);
  return right.length / labels.length;
}

/** The class with the largest of the probabilities [n, K] of each row. */
export const likeliest = (p: Rows, K: number): Uint32Array =>
  Uint32Array.from({ length: p.length / K }, (_, i) => {
    const row = p.subarray(i * K, (i + 1) * K);
    return row.indexOf(Math.max(...row));
  });
