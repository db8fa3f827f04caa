import { catalog, type ModelName } from '../../models/catalog.ts';
import type { Values } from '../../models/settings.ts';
import { UsageError } from '../command.ts';
import type { RunRow } from '../kept.ts';

/** What a family can say of −log p(x): the number itself, at most so much, about so much, or nothing. */
export type Kind = 'exact' | 'bound' | 'estimate' | 'none';

/** What a model says of the likelihood of test images. */
export interface Likelihood {
  kind: Kind;
  /** The test metric that holds it; of kind 'none' there is none. */
  metric?: string;
  /** How it is found, and why it is no more than its kind says. */
  by: string;
}

/** A model that takes part. */
export interface Contestant extends RunRow {
  title: string;
  /** What it models: likelihoods of different pixels can't be compared. */
  pixels: 'binary' | 'levels';
  likelihood: Likelihood;
}

const none = (by: string): Likelihood => ({ kind: 'none', by });
const enumerated: Likelihood = { kind: 'exact', metric: 'nll', by: 'Z by all hidden states' };
const annealed: Likelihood = {
  kind: 'estimate',
  metric: 'nll',
  by: 'Z by annealed importance sampling',
};
const chain: Likelihood = { kind: 'exact', metric: 'nll', by: 'product of conditionals' };
const chainBits: Likelihood = { ...chain, metric: 'bitsPerDim' };
const importance: Likelihood = {
  kind: 'bound',
  metric: 'importanceBound',
  by: 'importance weighted draws of z',
};
const flow: Likelihood = {
  kind: 'bound',
  metric: 'testBits',
  by: 'exact density of dequantised pixels, which bounds that of levels',
};
const ode: Likelihood = {
  kind: 'estimate',
  metric: 'bits',
  by: 'probability flow of dequantised pixels, divergence by random directions, 64 test images',
};
const variational: Likelihood = {
  kind: 'bound',
  metric: 'boundBits',
  by: 'variational bound, one draw of each x_t',
};
const masks: Likelihood = { kind: 'bound', metric: 'bound', by: 'variational bound' };
const masksBits: Likelihood = { ...masks, metric: 'bitsPerSymbol' };
const game = none('a game has no density');
const energies = none('Z is unknown');
const scores = none('scores at a few noise levels');

/** ε is not learned where x_t is all noise, and the bound weighs that step 500 times. */
const velocity: Values = { predict: 'v' };
/** It predicts v too, and has as many parameters and steps as the SDE on digits8; the budget says how many. */
const { steps: _, ...unet } = catalog.ddpm.presets.unet.settings as Values;

type Entry = [model: ModelName, likelihood: Likelihood, settings?: Values, name?: string];

const named = (data: string, pixels: Contestant['pixels'], entries: readonly Entry[]) =>
  entries.map(([model, likelihood, settings = {}, variant]): Contestant => {
    const name = variant ?? model;
    const title = catalog[model].title + (variant ? `, ${variant.slice(model.length + 1)}` : '');
    return { name: `${data}-${name}`, model, data, settings, title, pixels, likelihood };
  });

/** Who takes part on each data set. */
const rosters: Readonly<Record<string, readonly Contestant[]>> = {
  digits8: [
    ...named('digits8', 'binary', [
      ['made', chain],
      ['pixelcnn', chain, { position: 'learned' }],
      ['vae', importance, { lr: 3e-3 }],
      ['iwae', importance, { lr: 3e-3 }],
      ['rbm', enumerated, { chains: 'persistent' }],
      ['mdlm', masks],
      ['d3pm', masks],
    ]),
    ...named('digits8', 'levels', [
      ['pixelcnn', chainBits, { position: 'learned', output: 'softmax' }, 'pixelcnn-levels'],
      ['realnvp', flow],
      ['glow', flow],
      ['dcgan', game],
      ['wgan_gp', game, { batch: 64 }],
      ['ebm', energies],
      ['ncsn', scores],
      ['score_sde', ode],
      ['ddpm', variational, unet],
      ['mdlm', masksBits, { levels: 17 }, 'mdlm-levels'],
    ]),
  ],
  mnist: [
    ...named('mnist', 'binary', [
      ['made', chain],
      ['pixelcnn', chain, { position: 'learned' }],
      ['vae', importance],
      ['iwae', importance],
      ['rbm', annealed],
      ['mdlm', masks],
      ['d3pm', masks],
    ]),
    ...named('mnist', 'levels', [
      ['pixelcnn_pp', chainBits],
      ['realnvp', flow],
      ['glow', flow],
      ['dcgan', game],
      ['dcgan', game, { loss: 'wgan_gp', norm: 'layer', critics: 5, lr: 2e-4 }, 'dcgan-wgan_gp'],
      ['ebm', energies],
      ['ncsn', scores],
      ['score_sde', ode],
      ['ddpm', variational, velocity],
    ]),
  ],
  emoji16: named('emoji16', 'levels', [
    ['pixelcnn_pp', chainBits],
    ['sigma_vae', none('a density of real pixels, not of levels')],
    ['realnvp', flow],
    ['glow', flow],
    ['flowpp', flow],
    ['dcgan', game],
    ['dcgan', game, { loss: 'wgan_gp', norm: 'layer', critics: 5, lr: 2e-4 }, 'dcgan-wgan_gp'],
    ['ebm', energies],
    ['ddpm', variational, velocity],
  ]),
};

/** Training examples that a model sees, unless told. */
export const EXAMPLES: Readonly<Record<string, number>> = {
  digits8: 128_000,
  mnist: 1_280_000,
  emoji16: 512_000,
};

/** The data sets of the comparison. */
export const SETS = Object.keys(rosters);

/** Who takes part on a data set, only those asked for. Throws UsageError, listing what there is. */
export function contestants(data: string, only: readonly string[] = []): readonly Contestant[] {
  if (!Object.hasOwn(rosters, data)) {
    throw new UsageError(`--data: unknown '${data}'. Choose one of ${SETS.join(', ')}.`);
  }
  const roster = rosters[data];
  const shortOf = ({ name }: Contestant) => name.slice(data.length + 1);
  const unknown = only.find((name) => !roster.some((entry) => shortOf(entry) === name));
  if (unknown !== undefined) {
    const names = roster.map(shortOf).join(', ');
    throw new UsageError(`--only: unknown '${unknown}'. Choose among ${names}.`);
  }
  return only.length ? roster.filter((entry) => only.includes(shortOf(entry))) : roster;
}
