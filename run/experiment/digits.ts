import { baseRates } from '../../models/autoregressive/rates.ts';
import { classesOf, examplesOf } from '../../models/data/examples.ts';
import type { Form } from '../../models/data/form.ts';
import { openSource, type Source } from '../../models/data/source.ts';

/** Numbers of an image. */
export const SIZE = 64;

/** digits8 on the host, in black and white or in its 17 levels: images [n, 64] of 0..1 and classes. */
export async function openDigits(binary: boolean) {
  const source = await openSource('digits8', { binary });
  const count = source.count as number;
  return {
    source,
    form: source.form as Form & { kind: 'images' },
    train: await examplesOf(source, count, 'train'),
    test: await examplesOf(source, source.testCount as number, 'test'),
    classes: await classesOf(source, count),
    testClasses: await classesOf(source, source.testCount as number, 'test'),
  };
}

/** −log p of black and white images [n, 64] when pixels are independent, each with its rate, nats each. */
export async function independentNll(source: Source, images: Float32Array): Promise<number> {
  const rates = await baseRates(source);
  const nats = images.reduce((sum, v, at) => {
    const rate = rates[at % SIZE];
    return sum - Math.log(v > 0.5 ? rate : 1 - rate);
  }, 0);
  return (nats * SIZE) / images.length;
}
