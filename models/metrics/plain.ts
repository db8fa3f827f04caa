import { sizeOf } from '../../engine/index.ts';
import { examplesOf } from '../data/examples.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import {
  bernoulliMixture,
  independentPixels,
  type Law,
  meanNats,
  ngram,
  uniformNats,
} from './baselines.ts';

/** What a model without a network says of test examples. */
export interface Baseline {
  name: string;
  /** Mean of −log p, nats per example. */
  nats: number;
}

/** Components of the mixture, and pixels of all training images up to which it is fitted. */
const [COMPONENTS, FEW] = [50, 2 ** 18];
/** The longest n-gram. */
const LONGEST = 5;

/**
 * Baselines for likelihoods on a set, fitted to its training examples: of images each pixel by chance and by
 * its own frequencies, of few binary ones a mixture of 50; of names n-grams. None for other data. Any
 * model of such data should be below all of them. Of the training and the test examples `most` are looked at.
 */
export async function baselinesOf(
  source: Source,
  most = Number.POSITIVE_INFINITY,
): Promise<Baseline[]> {
  const { form, shape, white, binary, count, testCount } = source;
  const size = sizeOf(shape);
  const names = form.kind === 'tokens' && form.ended;
  if ((form.kind !== 'images' && !names) || count === null || testCount === null) return [];
  const top = form.kind === 'images' && !binary ? white : 1; // pixels are shares of it
  const levels = (values: Float32Array) => Uint32Array.from(values, (v) => Math.round(v * top));
  const known = levels(await examplesOf(source, Math.min(count, most), 'train'));
  const asked = levels(await examplesOf(source, Math.min(testCount, most), 'test'));

  const of = (name: string, law: Law) => ({ name, nats: meanNats(law, asked, size) });
  if (names) {
    return Array.from({ length: LONGEST }, (_, i) =>
      of(`${i + 1}-gram`, ngram(known, size, i + 1, white + 1, true)),
    );
  }
  const values = binary ? 2 : white + 1;
  return [
    { name: 'uniform', nats: uniformNats(size, values) },
    of('independent pixels', independentPixels(known, size, values)),
    ...(binary && known.length <= FEW
      ? [
          of(
            `Bernoulli mixture, ${COMPONENTS}`,
            bernoulliMixture(known, size, COMPONENTS, randomStream(0, 0)).law,
          ),
        ]
      : []),
  ];
}
