import { catalog, type ModelName, settle } from '../models/catalog.ts';
import type { ModelInfo } from '../models/settings.ts';
import { type Change, changed } from '../run/changes.ts';
import type { RunConfig } from '../run/folder.ts';

/** Addresses with this mark mean the same in every later version of the page. */
const VERSION = 'v1';
const MAX_SEED = 2 ** 32 - 1;

/**
 * The run that an address names: `#v1/vae/digits8?seed=0&latent=8&at=300:lr:0.0001`, where the last means
 * that a setting was changed after so many steps. Everything left out has its default. Throws, with what is allowed, for anything unknown.
 */
export function parseAddress(hash: string): RunConfig {
  const [path, query = ''] = decodeURIComponent(hash.replace(/^#/, '')).split('?');
  const [version, model = 'vae', data] = path ? path.split('/') : [VERSION];
  if (version !== VERSION) {
    throw new Error(`address: expected #${VERSION}/…, got #${version}. Choose a model above.`);
  }
  const given = new URLSearchParams(query);
  const { seed = '0', at: _, ...texts } = Object.fromEntries(given);
  const run = settled(model, data || firstData(model), number(seed), texts);
  return given.getAll('at').reduce((run, text) => changed(run, changeOf(text)), run);
}

/** The address of a run, with every setting and every change of one written out. */
export function formatAddress({ model, data, seed, settings, changes = [] }: RunConfig): string {
  const query = new URLSearchParams({ seed: String(seed) });
  for (const [name, value] of Object.entries(settings)) query.set(name, String(value));
  for (const { step, name, value } of changes) query.append('at', `${step}:${name}:${value}`);
  return `#${VERSION}/${model}/${data}?${query.toString().replaceAll('%3A', ':')}`;
}

/** What `at=step:name:value` says. */
function changeOf(text: string): Change {
  const [step, name, value] = text.split(':');
  if (value === undefined) {
    throw new Error(
      `at: expected step:setting:value, such as 300:lr:0.001, got ${text}. Change it.`,
    );
  }
  const figure = number(value);
  return { step: number(step), name, value: Number.isNaN(figure) ? value : figure };
}

/** The address of a model with its defaults, or a preset, on a data set, the first one unless given. */
export function defaultAddress(model: string, data = firstData(model), preset?: string): string {
  return formatAddress(settled(model, data, 0, {}, preset));
}

function settled(
  model: string,
  data: string,
  seed: number,
  texts: Record<string, string>,
  preset?: string,
): RunConfig {
  const kinds = infoOf(model)?.settings ?? {};
  const given = Object.entries(texts).map(([name, text]) => {
    const textual = !Object.hasOwn(kinds, name) || 'choices' in kinds[name];
    const value = number(text);
    return [name, textual || Number.isNaN(value) ? text : value]; // the error names the text
  });
  const settings = settle(model as ModelName, data, Object.fromEntries(given), preset);
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)) {
    throw new Error(`seed: expected a whole number from 0 to ${MAX_SEED}, got ${seed}. Change it.`);
  }
  return { model: model as ModelName, data, seed, settings: { ...settings } };
}

/** What the catalog says of a model; undefined for an unknown name. */
export function infoOf(model: string): ModelInfo | undefined {
  return Object.hasOwn(catalog, model) ? catalog[model as ModelName] : undefined;
}

const firstData = (model: string) => Object.keys(infoOf(model)?.data ?? {})[0] ?? '';

const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
