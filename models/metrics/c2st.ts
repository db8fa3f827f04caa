import {
  adam,
  bceWithLogits,
  currentGpu,
  gather,
  grad,
  mean,
  relu,
  reshape,
  seeded,
  type Tensor,
  tensor,
  variable,
  variablesOf,
} from '../../engine/index.ts';
import { floats } from '../chunks.ts';
import { mlp, mlpInit } from '../mlp.ts';
import { randomStream, shuffled } from '../data/random.ts';
import type { Rows } from './distance.ts';
import { type Interval, wilson } from './intervals.ts';
import { meanRow, moved } from './pairs.ts';

/** Width of the hidden layer; updates, rows of each, and the rate of Adam. */
const [HIDDEN, UPDATES, BATCH, RATE] = [64, 600, 256, 2e-3];

/** How well a classifier tells two samples apart on rows that it has not seen. */
export interface TwoSampleTest {
  /** Share of rows told rightly; a half where nothing tells them apart. */
  accuracy: number;
  /** 95 % interval of the accuracy of this classifier, by Wilson. Without a half: the samples differ. */
  interval: Interval;
}

/**
 * Classifier two-sample test: a network with one hidden layer of 64 learns on a random half of both samples
 * which row is of which, and is asked of the other half. Rows of `size` numbers; of the larger sample as
 * many are taken as the smaller one has. Source: Lopez-Paz and Oquab 2017, arXiv 1610.06545, section 3.
 */
export async function c2st(real: Rows, fake: Rows, size: number): Promise<TwoSampleTest> {
  const n = Math.floor(Math.min(real.length, fake.length) / size);
  const rows = standardised(real.subarray(0, n * size), fake.subarray(0, n * size), size);
  const order = Uint32Array.from(shuffled([...Array(2 * n).keys()], randomStream(0, 2)));
  const learned = order.subarray(0, n);
  const asked = order.subarray(n);
  const isFake = (row: number) => Number(row >= n);

  const x = variable(rows, [2 * n, size]);
  const net = seeded(0, () => mlpInit([size, HIDDEN, 1]));
  const optimiser = adam(net, { lr: RATE });
  const told = (at: Tensor) => reshape(mlp(net, gather(x, at), relu), [at.size]);
  const gpu = currentGpu();
  const learn = gpu.step((at: Tensor, labels: Tensor) => {
    const loss = mean(bceWithLogits(told(at), labels));
    optimiser.update(grad(loss, optimiser.variables));
  });
  const batch = Math.min(BATCH, n);
  for (let i = 0; i < UPDATES; i++) {
    const at = Uint32Array.from({ length: batch }, (_, b) => learned[(i * batch + b) % n]);
    learn(tensor(at), tensor(Float32Array.from(at, isFake)));
  }
  const ask = gpu.step((at: Tensor) => told(at));
  const logits = await floats(ask(tensor(asked)));
  const right = asked.filter((row, i) => Number(logits[i] > 0) === isFake(row)).length;
  for (const held of [learn, ask, x, ...Object.values(optimiser.state), ...variablesOf(net)]) {
    held.dispose();
  }
  return { accuracy: right / n, interval: wilson(right, n) };
}

/** Both samples one after another, every number of a row with mean 0 and variance 1 over both. */
function standardised(real: Rows, fake: Rows, size: number): Float32Array<ArrayBuffer> {
  const all = Float64Array.from([real, fake].flatMap((rows) => Array.from(rows)));
  const rows = moved(all, meanRow(all, size));
  const variances = new Float64Array(size);
  for (let i = 0; i < rows.length; i++) variances[i % size] += (rows[i] ** 2 * size) / rows.length;
  for (let i = 0; i < rows.length; i++) {
    const variance = variances[i % size];
    rows[i] = variance > 0 ? rows[i] / Math.sqrt(variance) : 0;
  }
  return rows;
}
