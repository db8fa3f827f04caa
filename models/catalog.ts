import { EightfoldError } from '../engine/errors.ts';
import { imageCatalog } from './autoregressive/catalog_images.ts';
import { sequenceCatalog } from './autoregressive/catalog_sequences.ts';
import { diffusionCatalog } from './diffusion/catalog.ts';
import { nameParts } from './data/own.ts';
import { discreteCatalog } from './discrete/catalog.ts';
import { ebmCatalog } from './energy/catalog.ts';
import { flowCatalog } from './flow/catalog.ts';
import { ganCatalog } from './gan/catalog.ts';
import { scoreCatalog } from './score/catalog.ts';
import { type ConfigOf, checkValue, type ModelInfo } from './settings.ts';
import { vaeCatalog } from './vae/catalog.ts';

/** All models that can be trained, by the name the commands use. */
export const catalog = {
  ...imageCatalog,
  ...sequenceCatalog,
  ...vaeCatalog,
  ...flowCatalog,
  ...ganCatalog,
  ...ebmCatalog,
  ...scoreCatalog,
  ...diffusionCatalog,
  ...discreteCatalog,
};

export type ModelName = keyof typeof catalog;

/** The configuration of a model: every setting with its value. */
export type Config<M extends ModelName> = ConfigOf<(typeof catalog)[M]>;

/**
 * The configuration of a model on a data set: what is given, else what the preset says, else what
 * suits the data (own data: the set whose form they take), else the default. Throws, listing what
 * there is, for an unknown model, data set, preset, setting or value.
 */
export function settle<M extends ModelName>(
  model: M,
  data: string,
  given: Readonly<Record<string, unknown>> = {},
  preset?: string,
): Config<M> {
  const info = find('model', model, catalog) as ModelInfo;
  const suited = find(`${model}: data`, nameParts(data).like, info.data);
  const chosen =
    preset === undefined ? {} : find(`${model}: preset`, preset, info.presets ?? {}).settings;
  for (const name of Object.keys(given)) find(`${model}: setting`, name, info.settings);
  const values = Object.entries(info.settings).map(([name, setting]) => {
    const value = given[name] ?? chosen[name] ?? suited[name] ?? setting.default;
    checkValue(`${model}: ${name}`, setting, value);
    return [name, value];
  });
  return Object.fromEntries(values);
}

function find<T>(what: string, name: string, among: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(among, name)) return among[name];
  const names = Object.keys(among).join(', ') || '(none)';
  throw new EightfoldError('argument', `${what}: unknown '${name}'. Choose one of ${names}.`);
}
