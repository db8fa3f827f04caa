import {
  adam,
  argmax,
  cast,
  crossEntropy,
  currentGpu,
  equal,
  grad,
  mean,
  schedules,
  seeded,
  sum,
  type Tensor,
  tensor,
} from '../../../engine/index.ts';
import { chunks } from '../../chunks.ts';
import { batches } from '../../data/batches.ts';
import type { Source } from '../../data/source.ts';
import { type LeNet, type LeNetHeight, lenet, runLenet } from './lenet.ts';

/** Images of an update, and the learning rate at the start, from which it falls along a half cosine. */
const [BATCH, RATE] = [128, 2e-3];

/** Trains a LeNet on all training images for so many epochs. `tell` hears of the loss at times. */
export async function trainLenet(
  source: Source,
  { epochs, seed }: { epochs: number; seed: number },
  tell: (update: number, loss: number) => Promise<void>,
): Promise<LeNet> {
  const weights = seeded(seed, () => lenet(source.shape[0] as LeNetHeight));
  const optimiser = adam(weights);
  const count = source.count as number;
  const walk = batches(count, BATCH, seed);
  const updates = epochs * Math.floor(count / BATCH);
  const learn = currentGpu().step((i: number, rows: Tensor) => {
    const { logits } = runLenet(weights, source.draw(BATCH, rows));
    const loss = mean(crossEntropy(logits, source.drawClasses(rows) as Tensor));
    const lr = RATE * schedules.cosine(i, updates);
    optimiser.update(grad(loss, optimiser.variables), { lr });
    return loss;
  });
  for (let i = 0; i < updates; i++) {
    const loss = learn(i, tensor(walk.next()));
    if (i % 100 === 0 || i === updates - 1) await tell(i + 1, await loss.item());
  }
  learn.dispose();
  for (const v of Object.values(optimiser.state)) v.dispose();
  return weights;
}

/** Part of the test images whose class gets the largest logit of `classify`, which runs in a step. */
export async function testAccuracy(
  source: Source,
  classify: (x: Tensor) => Tensor,
): Promise<number> {
  const count = source.testCount as number;
  const step = currentGpu().step((rows: Tensor) => {
    const said = argmax(classify(source.drawTest(rows.size, rows)), -1);
    return sum(cast(equal(said, source.drawTestClasses(rows) as Tensor), 'f32'));
  });
  let right = 0;
  for (const rows of chunks(count)) right += await step(tensor(rows)).item();
  step.dispose();
  return right / count;
}
