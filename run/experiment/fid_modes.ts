import { open } from '../../engine/index.ts';
import { randomStream } from '../../models/data/random.ts';
import { linearClassifier } from '../../models/metrics/classifier.ts';
import { classifierScore, frechetDistance, precisionRecall } from '../../models/metrics/images.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { openDigits, SIZE } from './digits.ts';
import type { Findings } from './experiment.ts';

/** Images of a row of the picture, images that are measured, and draws of them. */
const [COLUMNS, COUNT, DRAWS] = [16, 120, 10];
const NOISE = 0.15;

/** The score of a classifier does not see lost modes; the Fréchet distance does, but not that alone. */
export async function fidModes(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const { form, train, classes } = await openDigits(false);
  const random = randomStream(7, 0);
  const image = (row: number) => train.subarray(row * SIZE, (row + 1) * SIZE);
  const rows = Array.from(classes, (_, row) => row);
  const [half, others] = [rows.filter((r) => r % 2 === 0), rows.filter((r) => r % 2 === 1)];
  const flat = (from: readonly number[]) => {
    const images = new Float32Array(from.length * SIZE);
    for (const [i, row] of from.entries()) images.set(image(row), i * SIZE);
    return images;
  };
  const real = flat(half);
  const classifier = linearClassifier(
    real,
    Uint32Array.from(half, (row) => classes[row]),
    10,
  );

  const shuffled = <T>(values: readonly T[]): T[] =>
    values
      .map((value) => ({ value, key: random.uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value);
  const ofClasses = (count: number) => {
    const chosen = shuffled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).slice(0, count);
    return flat(shuffled(others.filter((row) => chosen.includes(classes[row]))).slice(0, COUNT));
  };
  const one = (digit: number) => shuffled(others).find((row) => classes[row] === digit) as number;
  const sets: readonly (readonly [string, () => Float32Array<ArrayBuffer>])[] = [
    ...[10, 8, 5, 2].map((k) => [`${k} of the classes`, () => ofClasses(k)] as const),
    [
      'one image of each class',
      () => {
        const ten = Array.from({ length: 10 }, (_, digit) => one(digit));
        return flat(Array.from({ length: COUNT }, (_, i) => ten[i % 10]));
      },
    ],
    [
      `10 of the classes, noise of ${NOISE}`,
      () => ofClasses(10).map((v) => Math.min(1, Math.max(0, v + NOISE * random.normal()))),
    ],
  ];

  const table: [string, ...number[]][] = [];
  const pictures: number[] = [];
  for (const [name, draw] of sets) {
    await emit({ kind: 'stage', text: name });
    const sums = [0, 0, 0, 0, 0, 0];
    for (let k = 0; k < DRAWS; k++) {
      const fake = draw();
      if (k === 0) pictures.push(...fake.subarray(0, COLUMNS * SIZE));
      const { precision, recall, density, coverage } = precisionRecall(real, fake, SIZE);
      const score = classifierScore(await classifier.probabilities(fake), 10);
      const frechet = frechetDistance(real, fake, SIZE);
      [score, frechet, precision, recall, density, coverage].forEach((v, i) => {
        sums[i] += v / DRAWS;
      });
    }
    table.push([name, ...sums]);
  }
  classifier.dispose();
  const [SCORE, FRECHET, PRECISION, RECALL] = [1, 2, 3, 4];
  const of = (row: number, column: number) => table[row][column] as number;
  const [ALL, FIVE, TWO, SINGLE, NOISY] = [0, 2, 3, 4, 5];
  return {
    claim:
      'FID and the Inception Score measure quality, not diversity: they cannot assess mode coverage.',
    setup:
      `Real digits8 as if they were samples: ${COUNT} images of one half of the training set against the ` +
      `other, the mean of ${DRAWS} draws. The score is of a linear classifier, all else is of pixels.`,
    columns: ['samples', 'score', 'Fréchet', 'precision', 'recall', 'density', 'coverage'],
    rows: table,
    says: [
      {
        text: 'the Fréchet distance grows as classes are lost',
        holds: of(ALL, FRECHET) < of(FIVE, FRECHET) && of(FIVE, FRECHET) < of(TWO, FRECHET),
      },
      {
        text: 'the score does not see that each class is one image: it is within a tenth of that of all',
        holds: of(SINGLE, SCORE) > 0.9 * of(ALL, SCORE),
      },
      {
        text: 'where classes are lost recall falls and precision stays within 0.05',
        holds:
          of(TWO, RECALL) < of(ALL, RECALL) - 0.2 &&
          Math.abs(of(TWO, PRECISION) - of(ALL, PRECISION)) < 0.05,
      },
      {
        text: 'noise with all classes there moves the Fréchet distance as well; precision tells it from lost modes',
        holds:
          of(NOISY, FRECHET) > of(ALL, FRECHET) && of(NOISY, PRECISION) < of(ALL, PRECISION) - 0.2,
      },
    ],
    picture: picture(gridPicture(Float32Array.from(pictures), form, COLUMNS)),
    caption: `From the top: ${sets.map(([name]) => name).join('; ')}.`,
    adapter: gpu.adapterName,
  };
}
