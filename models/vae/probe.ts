import {
  adam,
  add,
  argmax,
  crossEntropy,
  currentGpu,
  grad,
  mean,
  mul,
  nn,
  square,
  sum,
  type Tensor,
  tensor,
  variable,
} from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import { chunks, floats } from '../chunks.ts';
import type { LatentModel } from './latent.ts';

/** Training images that the classifier learns from, at most. */
const MOST = 10_000;
const UPDATES = 300;
/** Weight of the sum of squared weights, so that there is one best classifier. */
const DECAY = 1e-4;

/**
 * Part of the test images, 0..1, whose class a linear classifier tells from their embeddings, after
 * it has learned from the embeddings of training images. `test`: embeddings of all test images, [n, Z].
 */
export async function probeAccuracy(
  model: LatentModel,
  source: Source,
  test: Float32Array,
): Promise<number> {
  const gpu = currentGpu();
  const { z, classes } = await embedTraining(model, source);
  const layer = nn.linear.init(model.latent, source.classes.length);
  const optimiser = adam(layer, { lr: 0.1 });
  const learn = gpu.step(() => {
    const loss = mean(crossEntropy(nn.linear(layer, z), classes));
    const penalised = add(loss, mul(sum(square(layer.weight)), DECAY));
    optimiser.update(grad(penalised, optimiser.variables));
  });
  for (let i = 0; i < UPDATES; i++) learn();

  const count = test.length / model.latent;
  const [all] = chunks(count, count);
  const verdict = gpu.step((rows: Tensor, embedded: Tensor) => ({
    said: argmax(nn.linear(layer, embedded), -1),
    truth: source.drawTestClasses(rows) as Tensor,
  }));
  const { said, truth } = verdict(tensor(all), tensor(test, [count, model.latent]));
  const [a, b] = [Array.from(await said.data()), await truth.data()];
  for (const step of [learn, verdict]) step.dispose();
  for (const v of [z, classes, ...optimiser.variables, ...Object.values(optimiser.state)]) {
    v.dispose();
  }
  return a.reduce((right, c, i) => right + Number(c === b[i]), 0) / count;
}

/** Embeddings of training images, [n, Z], with their classes, [n]. */
async function embedTraining(model: LatentModel, source: Source) {
  const count = Math.min(MOST, source.count as number);
  const embed = currentGpu().step((rows: Tensor) => ({
    z: model.embed(source.draw(rows.size, rows)),
    classes: source.drawClasses(rows) as Tensor,
  }));
  const z = new Float32Array(count * model.latent);
  const classes = new Uint32Array(count);
  for (const rows of chunks(count)) {
    const result = embed(tensor(rows));
    z.set(await floats(result.z), rows[0] * model.latent);
    classes.set(await result.classes.data(), rows[0]);
  }
  embed.dispose();
  return {
    z: variable(z, [count, model.latent], { name: 'embeddings' }),
    classes: variable(classes, undefined, { name: 'classes' }),
  };
}
