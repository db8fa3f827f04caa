import { open } from '../../engine/index.ts';
import { joined } from '../../models/chunks.ts';
import { loadDigits } from '../../models/data/digits.ts';
import { ownName, provide } from '../../models/data/own.ts';
import type { Diffusion } from '../../models/diffusion/ddpm.ts';
import { accuracy, linearClassifier } from '../../models/metrics/classifier.ts';
import { wilson } from '../../models/metrics/intervals.ts';
import { drawOnce } from '../../models/sampler.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { openDigits, SIZE } from './digits.ts';
import type { Findings } from './experiment.ts';
import { trained } from './trained.ts';

const [CLASSES, COLUMNS, SAMPLES] = [10, 20, 2000];
/** Labelled images; training steps of the model that is given them, of so many images each. */
const [LABELS, STEPS, BATCH] = [[50, 100, 200], 1500, 32] as const;

type Images = Float32Array<ArrayBuffer>;

/**
 * Whether a classifier learns more from a few labelled images with samples of a model that was trained on
 * these few alone. S. Azizi et al., Synthetic Data from Diffusion Models Improves ImageNet Classification,
 * 2023, arXiv 2304.08466, who have a model of far more images than these.
 */
export async function augmentation(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const { form, train, test, classes, testClasses } = await openDigits(false);
  const asked = Uint32Array.from({ length: SAMPLES }, (_, i) => i % CLASSES);
  const told = async (images: Images, labels: Uint32Array<ArrayBuffer>) => {
    const classifier = linearClassifier(images, labels, CLASSES);
    const right = accuracy(await classifier.probabilities(test), testClasses, CLASSES);
    classifier.dispose();
    return right;
  };

  const rows: [number, ...(string | number)[]][] = [];
  const pictures: number[] = [];
  for (const n of LABELS) {
    const [images, labels] = [train.slice(0, n * SIZE), classes.slice(0, n)];
    const samples = await samplesAfter(n, asked, emit);
    pictures.push(...images.subarray(0, COLUMNS * SIZE), ...samples.subarray(0, COLUMNS * SIZE));
    const [alone, both] = [
      await told(images, labels),
      await told(joined([images, samples]), Uint32Array.from([...labels, ...asked])),
    ];
    const [low, high] = wilson(Math.round(both * testClasses.length), testClasses.length);
    rows.push([
      n,
      alone,
      both,
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
      await told(samples, asked),
    ]);
  }
  const gains = rows.map((row) => (row[2] as number) - (row[1] as number));
  return {
    claim: 'Samples of a generative model are more data, and more data make a better classifier.',
    setup:
      `The first images of digits8 with their labels; a DDPM that is told classes, ${STEPS} steps of ${BATCH} ` +
      `on these images alone, seed 0; ${SAMPLES} samples, each class as often. A linear classifier of ` +
      `pixels; accuracy on ${testClasses.length} test images.`,
    columns: ['labelled images', 'they alone', 'with samples', '95 %', 'samples alone'],
    rows,
    says: [
      {
        text: 'samples replace the images they were learned from: within 0.06 of them',
        holds: rows.every((row) => (row[4] as number) > (row[1] as number) - 0.06),
      },
      {
        text: 'what they add is small: no more than 0.06 either way',
        holds: gains.every((gain) => Math.abs(gain) < 0.06),
      },
    ],
    picture: picture(gridPicture(Float32Array.from(pictures), form, COLUMNS)),
    caption: `Two rows for each of ${LABELS.join(', ')}: labelled images, and samples of 0 to 9 in turn.`,
    adapter: gpu.adapterName,
  };
}

/** Samples of the classes asked for, of a diffusion model of the first n training images. */
async function samplesAfter(
  n: number,
  asked: Uint32Array<ArrayBuffer>,
  emit: Emit,
): Promise<Images> {
  const data = ownName('digits8', `first${n}`);
  const { train, ...digits } = await loadDigits();
  const first = {
    count: n,
    values: train.values.subarray(0, n * SIZE),
    labels: (train.labels as Uint8Array).subarray(0, n),
  };
  provide(data, { ...digits, train: first });
  const settings = { classes: 'yes', steps: STEPS, batch: BATCH };
  const { model } = await trained('ddpm', data, settings, emit);
  const diffusion = model as Diffusion;
  return (await drawOnce(diffusion.sampler(SAMPLES, { classes: asked }))) as Images;
}
