import { open } from '../../engine/index.ts';
import { type Random, randomStream } from '../../models/data/random.ts';
import {
  type Classifier,
  classifierScore,
  linearClassifier,
} from '../../models/metrics/classifier.ts';
import { gaussianOf } from '../../models/metrics/frechet.ts';
import { frechet, type Gaussian } from '../../models/metrics/gaussian.ts';
import { coverageOf, type Manifold, manifoldOf } from '../../models/metrics/neighbours.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { openDigits, SIZE } from './digits.ts';
import type { Findings } from './experiment.ts';

/** Images of a row of the picture, images that are measured, and draws of them. */
const [COLUMNS, COUNT, DRAWS] = [16, 120, 10];
const NOISE = 0.15;

type Images = Float32Array<ArrayBuffer>;
type Named<T> = readonly [name: string, value: T];

/** The score of a classifier does not see lost modes; the Fréchet distance does, but not that alone. */
export async function fidModes(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const { form, train, classes } = await openDigits(false);
  const rows = Array.from(classes, (_, row) => row);
  const half = rows.filter((row) => row % 2 === 0);
  const real = rowsOf(train, half);
  const labels = Uint32Array.from(half, (row) => classes[row]);
  const known = {
    gaussian: await gaussianOf(real, SIZE),
    manifold: await manifoldOf(real, SIZE),
    classifier: linearClassifier(real, labels, 10),
  };
  const sets = setsOf(
    train,
    classes,
    rows.filter((row) => row % 2 === 1),
  );
  const table: [string, ...number[]][] = [];
  const pictures: number[] = [];
  for (const [name, draw] of sets) {
    await emit({ kind: 'stage', text: name });
    const draws = Array.from({ length: DRAWS }, draw);
    pictures.push(...draws[0].subarray(0, COLUMNS * SIZE));
    table.push([name, ...(await meanMetrics(known, draws))]);
  }
  known.classifier.dispose();
  return {
    claim:
      'FID and the Inception Score measure quality, not diversity: they cannot assess mode coverage.',
    setup:
      `Real digits8 as if they were samples: ${COUNT} images of one half of the training set against the ` +
      `other, the mean of ${DRAWS} draws. The score is of a linear classifier, all else is of pixels.`,
    columns: ['samples', 'score', 'Fréchet', 'precision', 'recall', 'density', 'coverage'],
    rows: table,
    says: statements(table as number[][]),
    picture: picture(gridPicture(Float32Array.from(pictures), form, COLUMNS)),
    caption: `From the top: ${sets.map(([name]) => name).join('; ')}.`,
    adapter: gpu.adapterName,
  };
}

/** What is drawn of the rows `among`: fewer classes, one image of each, or all with noise. */
function setsOf(
  train: Images,
  classes: ArrayLike<number>,
  among: readonly number[],
): Named<() => Images>[] {
  const random = randomStream(7, 0);
  const digits = Array.from({ length: 10 }, (_, digit) => digit);
  const ofClasses = (count: number) => {
    const chosen = shuffled(digits, random).slice(0, count);
    const rows = among.filter((row) => chosen.includes(classes[row]));
    return rowsOf(train, shuffled(rows, random).slice(0, COUNT));
  };
  const one = (digit: number) =>
    shuffled(among, random).find((row) => classes[row] === digit) as number;
  const oneOfEach = () => {
    const ten = digits.map(one);
    return rowsOf(
      train,
      Array.from({ length: COUNT }, (_, i) => ten[i % 10]),
    );
  };
  const noisy = () =>
    ofClasses(10).map((v) => Math.min(1, Math.max(0, v + NOISE * random.normal())));
  return [
    ...[10, 8, 5, 2].map((k): Named<() => Images> => [`${k} of the classes`, () => ofClasses(k)]),
    ['one image of each class', oneOfEach],
    [`10 of the classes, noise of ${NOISE}`, noisy],
  ];
}

/** What is known of the real images alone. */
interface Known {
  gaussian: Gaussian;
  manifold: Manifold;
  classifier: Classifier;
}

async function meanMetrics({ gaussian, manifold, classifier }: Known, draws: readonly Images[]) {
  const sums = [0, 0, 0, 0, 0, 0];
  for (const fake of draws) {
    const found = await coverageOf(manifold, await manifoldOf(fake, SIZE));
    const { precision, recall, density, coverage } = found;
    const score = classifierScore(await classifier.probabilities(fake), 10);
    const distance = frechet(gaussian, await gaussianOf(fake, SIZE));
    for (const [i, v] of [score, distance, precision, recall, density, coverage].entries()) {
      sums[i] += v / draws.length;
    }
  }
  return sums;
}

function statements([all, , five, two, single, noisy]: readonly number[][]) {
  const [SCORE, FRECHET, PRECISION, RECALL] = [1, 2, 3, 4];
  return [
    {
      text: 'the Fréchet distance grows as classes are lost',
      holds: all[FRECHET] < five[FRECHET] && five[FRECHET] < two[FRECHET],
    },
    {
      text: 'the score does not see that each class is one image: it is within a tenth of that of all',
      holds: single[SCORE] > 0.9 * all[SCORE],
    },
    {
      text: 'where classes are lost recall falls and precision stays within 0.05',
      holds: two[RECALL] < all[RECALL] - 0.2 && Math.abs(two[PRECISION] - all[PRECISION]) < 0.05,
    },
    {
      text: 'noise with all classes there moves the Fréchet distance as well; precision tells it from lost modes',
      holds: noisy[FRECHET] > all[FRECHET] && noisy[PRECISION] < all[PRECISION] - 0.2,
    },
  ];
}

function rowsOf(images: Images, rows: readonly number[]): Images {
  const some = new Float32Array(rows.length * SIZE);
  for (const [i, row] of rows.entries()) {
    some.set(images.subarray(row * SIZE, (row + 1) * SIZE), i * SIZE);
  }
  return some;
}

const shuffled = <T>(values: readonly T[], { uniform }: Random): T[] =>
  values
    .map((value) => ({ value, key: uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
