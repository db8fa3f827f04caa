import * as tf from '@tensorflow/tfjs';
import { cnnShapes, featuresOf, strides } from '../../problems/cnn.ts';
import type { Builders } from '../../problems/kinds.ts';
import { mlpShapes } from '../../problems/mlp.ts';
import { adam, type Shapes } from '../../problems/training.ts';
import { type Transformer, transformerShapes } from '../../problems/transformer.ts';
import { LEAK, ofCritic, PENALTY, wganGpShapes } from '../../problems/wgan_gp.ts';
import type { Inputs, Work } from '../../types.ts';
import { attention, causalMask, gelu, layerNorm } from './kernels.ts';
import { upload, uploads, uploadWhole, type Value, working } from './working.ts';

type Parameters = Record<string, Value>;

/** One step of its own Adam on all parameters. */
function training(shapes: Shapes, inputs: Inputs, lossOf: (p: Parameters) => Value): Work {
  const { lr, beta1, beta2, eps } = adam;
  const p = Object.fromEntries(
    Object.entries(uploads(shapes, inputs)).map(([name, value]) => [name, tf.variable(value)]),
  );
  const optimizer = tf.train.adam(lr, beta1, beta2, eps);
  const variables = Object.values(p);
  return working(() => [optimizer.minimize(() => lossOf(p), true, variables)]);
}

/** Its matMul broadcasts no matrix over a batch with a gradient: rows are made flat. */
function linear(p: Parameters, name: string, x: Value): Value {
  const [cin, cout] = p[name].shape;
  const flat = tf.reshape(x, [-1, cin]);
  const y = tf.add(tf.matMul(flat, p[name]), p[`${name}Bias`]);
  return tf.reshape(y, [...x.shape.slice(0, -1), cout]);
}

/** Mean of -log softmax(z)[label] over all rows. */
const crossEntropy = (z: Value, hot: Value): Value =>
  tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(z), hot), -1)));

function transformerLoss(problem: Transformer, p: Parameters, tokens: Value, mask: Value): Value {
  const { layers, width, heads, steps, batch } = problem;
  const norm = (name: string, x: Value) => layerNorm(x, p[`${name}Scale`], p[`${name}Shift`]);
  const mixed = (qkv: Value) => {
    const [q, k, v] = tf
      .split(qkv, 3, -1)
      .map((x: Value) =>
        tf.transpose(tf.reshape(x, [batch, steps, heads, width / heads]), [0, 2, 1, 3]),
      );
    const y = tf.transpose(attention(q, k, v, mask), [0, 2, 1, 3]);
    return tf.reshape(y, [batch, steps, width]);
  };
  let h = tf.add(tf.gather(p.table, tokens), p.positions);
  for (let l = 0; l < layers; l++) {
    h = tf.add(h, linear(p, `out${l}`, mixed(linear(p, `qkv${l}`, norm(`first${l}`, h)))));
    h = tf.add(h, linear(p, `down${l}`, gelu(linear(p, `up${l}`, norm(`second${l}`, h)))));
  }
  return linear(p, 'head', norm('last', h));
}

/** Every training problem. */
export const trainings: Builders<Work> = {
  mlp(problem, inputs) {
    const { widths, batch, loss } = problem;
    const x = upload(inputs.x, [batch, widths[0]]);
    const y = upload(inputs.y, [batch, widths[widths.length - 1]]);
    return training(mlpShapes(problem), inputs, (p) => {
      let h = linear(p, 'w0', x);
      for (let i = 1; i + 1 < widths.length; i++) h = linear(p, `w${i}`, tf.relu(h));
      if (loss === 'mse') return tf.mean(tf.square(tf.sub(h, y)));
      const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(h))));
      return tf.mean(tf.add(tf.sub(tf.relu(h), tf.mul(h, y)), softplus));
    });
  },

  cnn(problem, inputs) {
    const { batch, size, classes } = problem;
    const x = upload(inputs.x, [batch, size, size, 1]);
    const labels = uploadWhole(inputs.labels, [batch]);
    return training(cnnShapes(problem), inputs, (p) => {
      let h = x;
      strides.forEach((stride, i) => {
        h = tf.relu(tf.add(tf.conv2d(h, p[`conv${i}`], stride, 'same'), p[`conv${i}Bias`]));
      });
      const flat = tf.reshape(h, [batch, featuresOf(problem)]);
      return crossEntropy(linear(p, 'dense', flat), tf.oneHot(labels, classes));
    });
  },

  /** Its gradient of a leaky relu is a comparison, of which it takes no gradient: this throws. */
  wganGp(problem, inputs) {
    const { batch, noise } = problem;
    const { lr, beta1, beta2, eps } = adam;
    const { x, z, e } = uploads({ x: [batch, 2], z: [batch, noise], e: [batch, 1] }, inputs);
    const p = Object.fromEntries(
      Object.entries(uploads(wganGpShapes(problem), inputs)).map(([name, value]) => [
        name,
        tf.variable(value),
      ]),
    );
    const [ofD, ofG] = [true, false].map((wanted) =>
      Object.keys(p).flatMap((name) => (ofCritic(name) === wanted ? [p[name]] : [])),
    );
    const [d, g] = [0, 1].map(() => tf.train.adam(lr, beta1, beta2, eps));
    const network = (name: string, x: Value, activation: (x: Value) => Value) =>
      [1, 2].reduce((h, i) => linear(p, `${name}${i}`, activation(h)), linear(p, `${name}0`, x));
    const generated = () => network('g', z, tf.relu);
    const score = (x: Value) => network('d', x, (h) => tf.leakyRelu(h, LEAK));
    return working(() => {
      const fake = generated();
      const mixed = tf.add(tf.mul(x, e), tf.mul(fake, tf.sub(1, e)));
      const lossD = () => {
        const slope = tf.grad((x: Value) => tf.sum(score(x)))(mixed);
        const penalty = tf.mean(tf.square(tf.sub(tf.norm(slope, 'euclidean', 1), 1)));
        const gap = tf.sub(tf.mean(score(fake)), tf.mean(score(x)));
        return tf.add(gap, tf.mul(penalty, PENALTY));
      };
      const first = d.minimize(lossD, true, ofD);
      return [first, g.minimize(() => tf.neg(tf.mean(score(generated()))), true, ofG)];
    });
  },

  transformer(problem, inputs) {
    const shape = [problem.batch, problem.steps];
    const tokens = uploadWhole(inputs.tokens, shape);
    const labels = uploadWhole(inputs.labels, shape);
    const mask = causalMask(problem.steps);
    return training(transformerShapes(problem), inputs, (p) =>
      crossEntropy(transformerLoss(problem, p, tokens, mask), tf.oneHot(labels, problem.classes)),
    );
  },
};
