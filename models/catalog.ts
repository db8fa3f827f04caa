import { EightfoldError } from '../engine/errors.ts';

/** A number that a person may set, from `least` to `most`. */
export interface NumberSetting {
  meaning: string;
  default: number;
  least: number;
  most: number;
  whole: boolean;
}

/** A choice that a person may set. */
export interface ChoiceSetting<C extends string = string> {
  meaning: string;
  default: C;
  choices: readonly C[];
}

/** What the commands and the studio show of a model before anything of it is loaded. */
export interface ModelInfo {
  title: string;
  paper: string;
  settings: Readonly<Record<string, NumberSetting | ChoiceSetting>>;
  /** Data sets it can be trained on, first the default, with the settings that suit each. */
  data: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  /** Units of what its step returns. */
  losses: Readonly<Record<string, string>>;
}

function real(meaning: string, value: number, least: number, most: number): NumberSetting {
  return { meaning, default: value, least, most, whole: false };
}

function whole(meaning: string, value: number, least: number, most: number): NumberSetting {
  return { meaning, default: value, least, most, whole: true };
}

function choice<const C extends string>(meaning: string, ...choices: C[]): ChoiceSetting<C> {
  return { meaning, default: choices[0], choices };
}

/** All models that can be trained, by the name the commands use. */
export const catalog = {
  vae: {
    title: 'Variational autoencoder',
    paper: 'Kingma and Welling, Auto-Encoding Variational Bayes, 2013, arXiv 1312.6114',
    settings: {
      network: choice('encoder and decoder', 'mlp', 'conv'),
      decoder: choice('distribution of a pixel', 'bernoulli', 'logistic'),
      latent: whole('dimensions of z', 8, 1, 512),
      hidden: whole('units of the hidden layer of an mlp', 128, 1, 4096),
      channels: whole('channels of the first convolution of a conv', 16, 1, 512),
      beta: real('weight of the KL term', 1, 0, 100),
      steps: whole('training steps', 2000, 1, 1e7),
      batch: whole('images per step', 64, 1, 4096),
      lr: real('learning rate of Adam', 1e-3, 0, 1),
    },
    data: {
      digits8: {},
      mnist: { latent: 20, hidden: 400, batch: 128, lr: 3e-3 },
    },
    losses: { loss: 'nats/image', reconstruction: 'nats/image', kl: 'nats/image' },
  },
  realnvp: {
    title: 'RealNVP',
    paper:
      'Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, 2016, arXiv 1605.08803',
    settings: {
      layers: whole('coupling layers', 6, 1, 64),
      hidden: whole('units of each hidden layer', 64, 1, 1024),
      steps: whole('training steps', 2000, 1, 1e7),
      batch: whole('points per step', 256, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 2e-3, 0, 1),
    },
    data: { eight_gaussians: {}, two_moons: {}, checkerboard: {}, grid25: {} },
    losses: { loss: 'nats/point' },
  },
  wgan_gp: {
    title: 'WGAN with gradient penalty',
    paper: 'Gulrajani et al., Improved Training of Wasserstein GANs, 2017, arXiv 1704.00028',
    settings: {
      noise: whole('dimensions of z', 2, 1, 512),
      hidden: whole('units of each hidden layer', 128, 1, 1024),
      critics: whole('critic updates per step', 3, 1, 20),
      penalty: real('weight of the gradient penalty', 0.1, 0, 1000),
      steps: whole('training steps', 3000, 1, 1e7),
      batch: whole('examples per update', 128, 1, 65536),
      lr: real('learning rate of Adam; it falls to zero in the second half', 1e-3, 0, 1),
      average: real('decay of the averaged generator', 0.995, 0, 0.999999),
    },
    data: {
      eight_gaussians: {},
      grid25: {},
      two_moons: {},
      checkerboard: {},
      digits8: { noise: 16 },
    },
    losses: { critic: 'Wasserstein estimate', penalty: '(slope - 1)²', generator: '-critic(fake)' },
  },
} satisfies Record<string, ModelInfo>;

export type ModelName = keyof typeof catalog;

/** The configuration of a model: every setting with its value. */
export type Config<M extends ModelName> = {
  [K in keyof (typeof catalog)[M]['settings']]: (typeof catalog)[M]['settings'][K] extends ChoiceSetting<
    infer C
  >
    ? C
    : number;
};

/**
 * The configuration of a model on a data set: what is given, else what suits the data, else the
 * default. Throws, listing what there is, for an unknown model, data set, setting or value.
 */
export function settle<M extends ModelName>(
  model: M,
  data: string,
  given: Readonly<Record<string, unknown>> = {},
): Config<M> {
  const info = find('model', model, catalog) as ModelInfo;
  const suited = find(`${model}: data`, data, info.data);
  for (const name of Object.keys(given)) find(`${model}: setting`, name, info.settings);
  const values = Object.entries(info.settings).map(([name, setting]) => {
    const value = given[name] ?? suited[name] ?? setting.default;
    checkValue(`${model}: ${name}`, setting, value);
    return [name, value];
  });
  return Object.fromEntries(values);
}

function find<T>(what: string, name: string, among: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(among, name)) return among[name];
  const names = Object.keys(among).join(', ');
  throw new EightfoldError('argument', `${what}: unknown '${name}'. Choose one of ${names}.`);
}

function checkValue(name: string, setting: NumberSetting | ChoiceSetting, value: unknown): void {
  const refuse = (expected: string) => {
    throw new EightfoldError('argument', `${name}: expected ${expected}, got ${value}. Change it.`);
  };
  if ('choices' in setting) {
    if (!setting.choices.includes(value as string)) refuse(`one of ${setting.choices.join(', ')}`);
    return;
  }
  const { least, most } = setting;
  const good = typeof value === 'number' && value >= least && value <= most;
  if (!good || (setting.whole && !Number.isInteger(value))) {
    refuse(`a ${setting.whole ? 'whole ' : ''}number from ${least} to ${most}`);
  }
}
