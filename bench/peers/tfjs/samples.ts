import * as tf from '@tensorflow/tfjs';
import { frechet } from '../../../models/metrics/gaussian.ts';
import type { Builders } from '../../problems/kinds.ts';
import type { Work } from '../../types.ts';
import type { Value } from './working.ts';

/** Numbers that a call resolves to. */
function resolving(run: () => Promise<number[]>): Work {
  let out: number[] = [];
  return {
    async call() {
      out = await run();
    },
    settle: async () => {},
    read: async () => [Float32Array.from(out)],
  };
}

/** Squared distances of all pairs of rows of x and y, [n, m]. */
function squaredDistances(x: Value, y: Value): Value {
  const squares = (rows: Value) => tf.sum(tf.square(rows), 1, true);
  const lengths = tf.add(squares(x), tf.transpose(squares(y)));
  return tf.relu(tf.sub(lengths, tf.mul(tf.matMul(x, y, false, true), 2)));
}

/** Squared distance of each row to its k-th nearest other one, [n, 1]. */
function radii(x: Value, k: number): Value {
  const { values } = tf.topk(tf.neg(squaredDistances(x, x)), k + 1);
  return tf.neg(tf.slice(values, [0, k], [-1, 1]));
}

/** Metrics of samples; the root of a product of covariances is left to JavaScript, as it has none. */
export const samples: Builders<Work> = {
  coverage: ({ n, size, k }, { real, fake }) =>
    resolving(async () => {
      const found = tf.tidy(() => {
        const [x, y] = [tf.tensor(real, [n, size]), tf.tensor(fake, [n, size])];
        const squared = squaredDistances(x, y);
        const inReal = tf.cast(tf.less(squared, radii(x, k)), 'float32');
        const inFake = tf.cast(tf.less(squared, tf.transpose(radii(y, k))), 'float32');
        return tf.stack([
          tf.mean(tf.max(inReal, 0)),
          tf.mean(tf.max(inFake, 1)),
          tf.div(tf.sum(inReal), k * n),
          tf.mean(tf.max(inReal, 1)),
        ]);
      });
      const shares = (await found.data()) as Float32Array;
      found.dispose();
      return [...shares];
    }),

  frechet: ({ n, size }, { real, fake }) =>
    resolving(async () => {
      const gaussians = [real, fake].map(async (rows) => {
        const [mean, covariance]: Value[] = tf.tidy(() => {
          const x = tf.tensor(rows, [n, size]);
          const mean = tf.mean(x, 0);
          const centred = tf.sub(x, mean);
          return [mean, tf.div(tf.matMul(centred, centred, true), n - 1)];
        });
        const values = await Promise.all([mean.data(), covariance.data()]);
        for (const value of [mean, covariance]) value.dispose();
        const [m, c] = values.map((numbers) => Float64Array.from(numbers as Float32Array));
        return { size, n, mean: m, covariance: c };
      });
      const [a, b] = await Promise.all(gaussians);
      return [frechet(a, b)];
    }),
};
