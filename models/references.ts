import { currentGpu, sizeOf, tensor } from '../engine/index.ts';
import { unigramBits } from './autoregressive/evaluate_sequences.ts';
import { catalog, type ModelName } from './catalog.ts';
import { floats } from './chunks.ts';
import { examplesOf } from './data/examples.ts';
import type { Source } from './data/source.ts';
import { type ToyName, toys } from './data/toys.ts';
import type { Diffusion } from './diffusion/ddpm.ts';
import { type Baseline, baselinesOf } from './metrics/plain.ts';
import type { Model } from './model.ts';
import { leastError, scoreSize } from './score/least.ts';
import type { SdeModel } from './score/sde.ts';
import type { ModelInfo, Values } from './settings.ts';

/** A value that a loss can be held against, in its unit. */
export interface Reference {
  /** The loss that it belongs to. */
  loss: string;
  name: string;
  value: number;
  /** What no model is below, what any should be below, or where a game ends that ends well. */
  kind: 'floor' | 'baseline' | 'equilibrium';
}

/** A model that is being trained. */
interface Trained {
  name: ModelName;
  settings: Values;
  model: Model;
  source: Source;
}

/** Numbers of examples that baselines are fitted to, at most. */
const MOST = 2 ** 22;

/** What the losses of a model can be held against. On the open engine; takes up to a second or two. */
export async function referencesOf(trained: Trained): Promise<Reference[]> {
  const loss = likelihoodLoss(trained);
  const found = loss ? await ofLikelihood(trained, loss) : [];
  return [...found, ...ofGame(trained), ...ofClasses(trained), ...(await ofNoise(trained))];
}

/** Which loss is −log p of data or a bound of it. */
function likelihoodLoss({ name, settings, source }: Trained): string | null {
  const points = source.form.kind === 'points';
  const bounded = (settings.beta ?? 1) === 1 && !settings.warm && !settings.free;
  switch ((catalog[name] as ModelInfo).family) {
    case 'ar':
      return 'loss';
    case 'vae':
      return name === 'vqvae' || (name !== 'sigma_vae' && bounded) ? 'loss' : null; // of a density
    case 'flow':
      return points ? 'loss' : 'bits';
    case 'ebm':
      return name === 'rbm' ? 'pseudo' : null;
    case 'diffusion':
      return name !== 'latent_diffusion' && settings.loss !== 'simple' && !points ? 'bound' : null;
    case 'discrete':
      return !settings.lambda && (source.binary || source.form.kind !== 'images') ? 'loss' : null;
    default:
      return null;
  }
}

async function ofLikelihood({ name, source }: Trained, loss: string): Promise<Reference[]> {
  const unit = (catalog[name] as ModelInfo).losses[loss];
  const scale = 1 / (await natsOf(unit, source));
  if (Object.hasOwn(toys, source.name)) {
    const value = toys[source.name as ToyName].entropy * scale;
    return [{ loss, name: 'entropy of the data', value, kind: 'floor' }];
  }
  const baselines = source.series
    ? ofSeries(source)
    : await baselinesOf(source, Math.floor(MOST / sizeOf(source.shape)));
  const few = baselines.length > 4 ? [baselines[0], baselines[baselines.length - 1]] : baselines;
  return few.map(({ name, nats }) => ({ loss, name, value: nats * scale, kind: 'baseline' }));
}

/** Nats of an example that are one of a unit. */
async function natsOf(unit: string, source: Source): Promise<number> {
  const { shape, form } = source;
  if (unit === 'bits/dim') return sizeOf(shape) * Math.LN2;
  if (unit !== 'nats/symbol' && unit !== 'nats/sample') return 1;
  if (form.kind !== 'tokens' || !form.ended) return shape[0];
  const count = Math.min(1000, source.testCount as number);
  const letters = (await examplesOf(source, count, 'test')).filter((symbol) => symbol !== 0).length;
  return letters / count + 1; // and the end
}

function ofSeries({ series, shape, white }: Source): Baseline[] {
  const { train, test } = series as NonNullable<typeof series>;
  const bits = unigramBits(train, test, white + 1);
  return [
    { name: 'uniform', nats: shape[0] * Math.log(white + 1) },
    { name: 'how often each comes', nats: shape[0] * bits * Math.LN2 },
  ];
}

/** Losses of critic and generator when samples are like the data, by what they play. */
const games: Record<string, { critic: number; generator?: number }> = {
  nonsaturating: { critic: Math.log(4), generator: Math.log(2) },
  minimax: { critic: Math.log(4), generator: -Math.log(2) },
  least_squares: { critic: 1 / 4, generator: 1 / 8 },
  hinge: { critic: 2 },
  wasserstein: { critic: 0 },
};

const gameOf: Partial<Record<ModelName, string>> = {
  lsgan: 'least_squares',
  wgan: 'wasserstein',
  wgan_gp: 'wasserstein',
  r1_gan: 'nonsaturating',
};

function ofGame({ name, settings }: Trained): Reference[] {
  if (catalog[name].family !== 'gan') return [];
  const played = gameOf[name] ?? String(settings.loss);
  const ends = games[played === 'wgan_gp' ? 'wasserstein' : played];
  return Object.entries(ends).map(([loss, value]) => ({
    ...{ loss, value, kind: 'equilibrium', name: `${loss} where samples are like data` },
  }));
}

const ofClasses = ({ name, source }: Trained): Reference[] =>
  name === 'jem'
    ? [
        {
          ...{ loss: 'classification', name: 'classes by chance', kind: 'baseline' },
          value: Math.log(source.classes.length),
        },
      ]
    : [];

/** The least loss of those that tell the noise in data, on toys whose exact score is known. */
async function ofNoise({ name, settings, model, source }: Trained): Promise<Reference[]> {
  const toy = Object.hasOwn(toys, source.name) ? toys[source.name as ToyName] : null;
  if (!toy?.score) return [];
  const floor = (value: number, loss = 'loss'): Reference[] => [
    { loss, name: 'the exact score', value, kind: 'floor' },
  ];
  if (name === 'score_matching') {
    const sigma = settings.sigma as number;
    const denoising = settings.objective === 'denoising';
    const few = Array(16).fill(sigma);
    return floor(denoising ? leastError(toy, few) / 2 : -scoreSize(toy, sigma) / 2);
  }
  if (name === 'ncsn') {
    const { most, least, levels } = settings as Record<string, number>;
    return floor(
      leastError(
        toy,
        places(levels).map((t) => most * (least / most) ** t),
      ) / 2,
    );
  }
  if (name === 'score_sde') return floor(leastError(toy, await noiseRatios(model as SdeModel)));
  if (name === 'ddpm' && settings.predict === 'epsilon') {
    const { schedule, units } = model as Diffusion;
    const ratios = places(Math.min(schedule.steps, 50)).map((t) => {
      const kept = schedule.alphaBar[Math.round(t * (schedule.steps - 1))];
      return Math.exp(units.logScale) * Math.sqrt((1 - kept) / kept);
    });
    const loss = settings.loss === 'simple' ? 'loss' : 'simple';
    return floor(leastError(toy, ratios) / 2, loss); // a mean over both coordinates
  }
  return [];
}

/** n places from 0 to 1. */
const places = (n: number) => Array.from({ length: n }, (_, i) => i / Math.max(1, n - 1));

/** Noise over data at times from the end to 1. */
async function noiseRatios({ sde, end }: SdeModel): Promise<number[]> {
  const step = currentGpu().step(() => {
    const times = places(40).map((t) => end + t * (1 - end));
    return sde.kernel(tensor(Float32Array.from(times)));
  });
  const { scale, std } = step();
  const [kept, noise] = await Promise.all([floats(scale), floats(std)]);
  step.dispose();
  return [...noise].map((s, i) => s / kept[i]);
}
