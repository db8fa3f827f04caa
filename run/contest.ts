import { open } from '../engine/index.ts';
import { randomStream } from '../models/data/random.ts';
import { examplesOf } from '../models/data/examples.ts';
import { openSource, type Source } from '../models/data/source.ts';
import { openLenet } from '../models/metrics/features/lenet.ts';
import { hasLenet } from '../models/metrics/features/shipped.ts';
import { type QualityMeter, qualityMeter } from '../models/metrics/quality.ts';
import type { Studied } from '../models/study.ts';
import { toBase64 } from './bytes.ts';
import type {
  ContestOutput,
  CostOutput,
  Emit,
  MeasureInput,
  RunInput,
  SampledImages,
} from './jobs.ts';
import { trainThrough } from './measuring.ts';
import { Diverged, openTraining, parametersOf } from './training.ts';

/** Steps before the one that is counted: some models set themselves up in their first. */
const SETTLED = 2;
/** Images that are shown, at most. */
export const SHOWN = 64;

/** Counts what a training step of a run takes, in its first steps. */
export async function cost(input: RunInput): Promise<CostOutput> {
  const { gpu, model, advance } = await openTraining(input);
  for (let i = 0; i < SETTLED; i++) advance();
  const { events } = await gpu.profile(advance);
  return {
    parameters: parametersOf(model),
    rows: model.rows,
    flops: events.reduce((sum, event) => sum + event.flops, 0),
    bytes: gpu.memory().peak,
  };
}

/** Trains a run to its end, or until it diverges, and measures likelihood and samples. */
export async function contest(input: MeasureInput, emit: Emit): Promise<ContestOutput> {
  const training = await openTraining(input);
  const adapter = training.gpu.adapterName;
  try {
    const seconds = await trainThrough(training, input, emit);
    const test = numbers(await training.evaluate());
    const sampled = await sample(input.data, training);
    return { adapter, diverged: null, seconds, test, sampled };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { adapter, diverged: error.step, seconds: 0, test: {}, sampled: null };
  }
}

/** What real test images would score: no model can be asked for more. */
export async function floor(data: string): Promise<SampledImages> {
  await open({ seed: 0 });
  const { source, meter, count } = await footing(data);
  return described(await examplesOf(source, count, 'test'), source, meter);
}

async function sample(data: string, { model, source: own }: Studied) {
  const { source, meter, count } = await footing(data);
  const sampler = model.sampler(count);
  await sampler.prepare();
  const drawn = Float32Array.from(await (await sampler.draw()).data());
  const started = performance.now();
  await (await sampler.draw()).data();
  const sampleMs = (performance.now() - started) / count;
  const { passes } = sampler;
  sampler.dispose();
  const images = source.binary ? blackAndWhite(drawn, data, own.binary) : drawn;
  return { ...(await described(images, source, meter)), passes, sampleMs };
}

/**
 * The same footing for all models of a data set: grey images are compared in black and white, since some
 * models know no grey, coloured ones as they are; as many of each as there are test images, at most as the
 * meter takes.
 */
async function footing(data: string) {
  const levels = await openSource(data);
  const source = levels.shape[2] === 1 ? await openSource(data, { binary: true }) : levels;
  const meter = await qualityMeter(source, hasLenet(data) ? await openLenet(data) : null);
  return { source, meter, count: Math.min(meter.compared, source.testCount as number) };
}

/**
 * Grey images as the binary data are made of grey ones (models/data/source.ts); of a model of binary pixels,
 * which may show how likely each is, a draw.
 */
function blackAndWhite(images: Float32Array<ArrayBuffer>, data: string, likelihoods: boolean) {
  if (data === 'digits8' && !likelihoods) return images.map((v) => Number(v >= 0.5));
  const { uniform } = randomStream(0, 3);
  return images.map((v) => Number(uniform() < v));
}

async function described(
  images: Float32Array<ArrayBuffer>,
  { shape }: Source,
  meter: QualityMeter,
): Promise<SampledImages> {
  const size = shape.reduce((a, b) => a * b, 1);
  const finite = images.every(Number.isFinite);
  const quality = finite ? numbers(await meter.of(images)) : {};
  meter.dispose();
  const bytes = Uint8Array.from(images.subarray(0, SHOWN * size), (v) =>
    Math.round(255 * Math.min(1, Math.max(0, v || 0))),
  );
  return { quality, count: images.length / size, images: toBase64(bytes) };
}

/** JSON has no word for what is no number. */
const numbers = (metrics: Record<string, number>): Record<string, number | null> =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, v]) => [name, Number.isFinite(v) ? v : null]),
  );
