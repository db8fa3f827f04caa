import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs';
import { adam } from '../network.ts';
import type { Contestant, Inputs, Problem, Work } from '../types.ts';

type Train = Problem & { kind: 'train' };
type Conv = Problem & { kind: 'conv' };
// biome-ignore lint/suspicious/noExplicitAny: the peer's types are not installed with the project
type Value = any;

/** TF.js batches dispatches into an encoder: flush it, then wait for the queue. */
async function settle(): Promise<void> {
  const backend = tf.backend() as Value;
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await backend.queue.onSubmittedWorkDone();
}

/** Runs `run` tidily; the results of the call before are disposed first. */
function working(run: () => Value[]): Work {
  let out: Value[] = [];
  return {
    call() {
      for (const value of out) value.dispose();
      out = tf.tidy(run);
    },
    settle,
    read: () => Promise.all(out.map((value) => value.data() as Promise<Float32Array>)),
  };
}

/** TF.js keeps host data until first use: uploads now, so that no sample pays for it. */
function upload(data: Float32Array, shape: number[]): Value {
  const value = tf.tensor(data, shape);
  (tf.backend() as Value).uploadToGPU(value.dataId);
  return value;
}

function matmul({ m, n, k }: Problem & { kind: 'matmul' }, inputs: Inputs): Work {
  const a = upload(inputs.a, [m, k]);
  const b = upload(inputs.b, [k, n]);
  return working(() => [tf.matMul(a, b)]);
}

function conv(problem: Conv, inputs: Inputs): Work {
  const { batch, height, width, cin, cout, size, backward } = problem;
  const x = upload(inputs.x, [batch, height, width, cin]);
  const w = upload(inputs.w, [size, size, cin, cout]);
  const g = upload(inputs.g, [batch, height, width, cout]);
  const convolve = (x: Value, w: Value) => tf.conv2d(x, w, 1, 'same');
  const both = tf.valueAndGrads(convolve);
  return working(() => {
    if (!backward) return [convolve(x, w)];
    const { value, grads } = both([x, w], g);
    return [value, ...grads];
  });
}

function lossOf({ widths, loss }: Train, p: Record<string, Value>, x: Value, y: Value): Value {
  const layers = widths.length - 1;
  let h = x;
  for (let i = 0; i < layers; i++) {
    h = tf.add(tf.matMul(h, p[`w${i}`]), p[`b${i}`]);
    if (i + 1 < layers) h = tf.relu(h);
  }
  if (loss === 'mse') return tf.mean(tf.square(tf.sub(h, y)));
  const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(h))));
  return tf.mean(tf.add(tf.sub(tf.relu(h), tf.mul(h, y)), softplus));
}

function train(problem: Train, inputs: Inputs): Work {
  const { widths, batch } = problem;
  const { lr, beta1, beta2, eps } = adam;
  const x = upload(inputs.x, [batch, widths[0]]);
  const y = upload(inputs.y, [batch, widths[widths.length - 1]]);
  const params: Record<string, Value> = {};
  for (let i = 0; i + 1 < widths.length; i++) {
    params[`w${i}`] = tf.variable(upload(inputs[`w${i}`], [widths[i], widths[i + 1]]));
    params[`b${i}`] = tf.variable(upload(inputs[`b${i}`], [widths[i + 1]]));
  }
  const optimizer = tf.train.adam(lr, beta1, beta2, eps);
  const variables = Object.values(params);
  return working(() => [optimizer.minimize(() => lossOf(problem, params, x, y), true, variables)]);
}

/** TF.js on its WebGPU backend: eager ops, `tf.train.adam`, losses written from few ops. */
export const contestant: Contestant = {
  name: 'tfjs',
  async open() {
    await tf.setBackend('webgpu');
    await tf.ready();
    if (tf.getBackend() !== 'webgpu') throw new Error(`tfjs runs on ${tf.getBackend()}.`);
  },
  async prepare(problem, inputs) {
    switch (problem.kind) {
      case 'matmul':
        return matmul(problem, inputs);
      case 'conv':
        return conv(problem, inputs);
      case 'train':
        return train(problem, inputs);
      case 'host':
        return null;
    }
  },
};
