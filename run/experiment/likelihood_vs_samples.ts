import { open } from '../../engine/index.ts';
import { baseRates } from '../../models/autoregressive/rates.ts';
import { randomStream } from '../../models/data/random.ts';
import { qualityMeter } from '../../models/metrics/quality.ts';
import { drawOnce } from '../../models/sampler.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { independentNll, openDigits, SIZE } from './digits.ts';
import type { Findings } from './experiment.ts';
import { trained } from './trained.ts';

const [COLUMNS, STEPS] = [16, 1500];
/** Share of the model in its mixture with noise, and how often a copy has a pixel flipped. */
const [SHARE, FLIP] = [0.01, 0.001];

type Images = Float32Array<ArrayBuffer>;

/**
 * Likelihood and samples can be good without each other. L. Theis, A. van den Oord and M. Bethge, A Note on
 * the Evaluation of Generative Models, 2016, arXiv 1511.01844, sections 3.1 and 3.2.
 */
export async function likelihoodVsSamples(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const { source, form, train, test } = await openDigits(true);
  const { model, evaluate } = await trained('made', 'digits8', { steps: STEPS }, emit);
  const { nll } = await evaluate();
  const meter = await qualityMeter(source);
  const count = test.length / SIZE;
  const { uniform } = randomStream(11, 0);

  const drawn = (await drawOnce(model.sampler(count))) as Images;
  const noisy = drawn.map(() => Number(uniform() < 0.5));
  for (let i = 0; i < count; i++) {
    if (uniform() < SHARE) noisy.set(drawn.subarray(i * SIZE, (i + 1) * SIZE), i * SIZE);
  }
  const rates = await baseRates(source);
  const independent = drawn.map((_, at) => Number(uniform() < rates[at % SIZE]));
  const copies = drawn.map((_, at) => {
    const row = (4 * Math.floor(at / SIZE)) % (train.length / SIZE);
    const v = train[row * SIZE + (at % SIZE)];
    return uniform() < FLIP ? 1 - v : v;
  });

  // log (a p + (1 − a) 2⁻⁶⁴) is at least log a + log p: what noise adds is left out, which only raises −log p.
  const sets: readonly [name: string, nll: number, images: Images][] = [
    ['MADE', nll, drawn],
    [`${SHARE * 100} % MADE, the rest coins`, nll - Math.log(SHARE), noisy],
    ['independent pixels', await independentNll(source, test), independent],
    [`training images, ${FLIP * 100} % of pixels flipped`, copyNll(train, test), copies],
  ];
  const rows: [string, ...number[]][] = [];
  for (const [name, nats, images] of sets) {
    const { frechet, precision, recall, classifierScore } = await meter.of(images);
    rows.push([name, nats, classifierScore, frechet, precision, recall]);
  }
  meter.dispose();
  return {
    claim:
      'A model with a good likelihood draws good samples, and good samples mean a good likelihood.',
    setup:
      `MADE, ${STEPS} steps on binary digits8, seed 0, and three models made without training. ` +
      `−log p is exact, of the mixture an upper bound; ${count} samples of each against training images.`,
    columns: ['model', '−log p, nats', 'score', 'Fréchet', 'precision', 'recall'],
    rows,
    says: statements(rows as number[][]),
    picture: picture(
      gridPicture(
        Float32Array.from(sets.flatMap(([, , images]) => [...images.subarray(0, COLUMNS * SIZE)])),
        form,
        COLUMNS,
      ),
    ),
    caption: `Samples, from the top: ${sets.map(([name]) => name).join('; ')}.`,
    adapter: gpu.adapterName,
  };
}

function statements([made, mixture, pixels, copied]: readonly number[][]) {
  return [
    {
      text: 'coins with one sample of a hundred from MADE are likelier than independent pixels',
      holds: mixture[1] < pixels[1],
    },
    {
      text: 'and yet hardly any of their samples is like a digit',
      holds: mixture[4] < 0.1 && mixture[4] < pixels[4],
    },
    {
      text: 'copies of training images look perfect, and are the least likely of all',
      holds: copied[4] > 0.95 && [made, mixture, pixels].every((row) => row[1] < copied[1]),
    },
    { text: 'MADE is the likeliest', holds: made[1] < pixels[1] && made[1] < mixture[1] },
  ];
}

/** −log of the mean over training images of Π (1 − ε or ε, where a pixel differs), nats a test image. */
function copyNll(train: Float32Array, test: Float32Array): number {
  const [n, m] = [train.length / SIZE, test.length / SIZE];
  let nats = 0;
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      let differ = 0;
      for (let k = 0; k < SIZE; k++) differ += Math.abs(test[i * SIZE + k] - train[j * SIZE + k]);
      sum += (FLIP / (1 - FLIP)) ** differ;
    }
    nats -= (Math.log(sum / n) + SIZE * Math.log1p(-FLIP)) / m;
  }
  return nats;
}
