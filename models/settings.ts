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

/** Values of some settings by name. */
export type Values = Readonly<Record<string, number | string>>;

/** The families of deep generative models, by the names that commands use. */
export const familyTitles = {
  ar: 'Autoregressive',
  vae: 'Variational autoencoders',
  flow: 'Normalizing flows',
  gan: 'GANs',
  ebm: 'Energy-based',
  score: 'Score-based',
  diffusion: 'Diffusion',
  discrete: 'Discrete diffusion',
} as const;
export type Family = keyof typeof familyTitles;
export const families = Object.keys(familyTitles) as readonly Family[];

/** What the commands and the studio show of a model before anything of it is loaded. */
export interface ModelInfo {
  family: Family;
  title: string;
  paper: string;
  settings: Readonly<Record<string, NumberSetting | ChoiceSetting>>;
  /** Data sets it can be trained on, first the default, with the settings that suit each. */
  data: Readonly<Record<string, Values>>;
  /** Settings for a purpose, such as the full-size model of the paper, by name. */
  presets?: Readonly<Record<string, Preset>>;
  /** Settings that only its samples depend on: a trained model may be given others. */
  sampling?: readonly string[];
  /** Settings that each training step reads anew: they may be changed while it trains. */
  live?: readonly string[];
  /** Units of what its step returns. */
  losses: Readonly<Record<string, string>>;
}

/**
 * A configuration with some values of its own. All others are those of `config` at any time, also when they
 * are changed there.
 */
export function over<C extends object, O extends object>(config: C, own: O): Omit<C, keyof O> & O {
  const names = Object.keys(config).filter((name) => !(name in own)) as (keyof C)[];
  const getters = names.map((name) => [name, { enumerable: true, get: () => config[name] }]);
  const all = Object.defineProperties({ ...own }, Object.fromEntries(getters));
  return all as Omit<C, keyof O> & O;
}

/** Some settings, and what becomes of a model with them. */
export interface Preset {
  settings: Values;
  /** Whether they are known to work, known to fail, or for a model too large to have been tried. */
  verdict: 'good' | 'bad' | 'large';
  /** What they are for, or why they fail. */
  why: string;
  /** The data set it is seen on, where it depends on that. */
  data?: string;
}

/** A preset that works. */
export const good = (why: string, settings: Values, data?: string): Preset => ({
  ...{ verdict: 'good', why, settings, data },
});

/** A preset that fails, on purpose. */
export const bad = (why: string, settings: Values, data?: string): Preset => ({
  ...{ verdict: 'bad', why, settings, data },
});

/** A model for hours on a large GPU, that of the paper unless told otherwise. */
export const large = (
  settings: Values,
  why = 'The sizes and the schedule of the paper: hours on a large GPU.',
): Preset => ({ verdict: 'large', why, settings });

/** The configuration of a model: every setting with its value. */
export type ConfigOf<I extends ModelInfo> = {
  [K in keyof I['settings']]: I['settings'][K] extends ChoiceSetting<infer C> ? C : number;
};

/** A real number from `least` to `most`, `value` unless given. */
export function real(meaning: string, value: number, least: number, most: number): NumberSetting {
  return { meaning, default: value, least, most, whole: false };
}

/** A whole number from `least` to `most`, `value` unless given. */
export function whole(meaning: string, value: number, least: number, most: number): NumberSetting {
  return { meaning, default: value, least, most, whole: true };
}

/** One of `choices`, the first unless given. */
export function choice<const C extends string>(meaning: string, ...choices: C[]): ChoiceSetting<C> {
  return { meaning, default: choices[0], choices };
}

/** Throws, saying what is expected, for a value that a setting does not allow. */
export function checkValue(
  name: string,
  setting: NumberSetting | ChoiceSetting,
  value: unknown,
): void {
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
