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
