import { type Config, type ModelName, settle } from './catalog.ts';
import { openSource, type Source } from './data/source.ts';
import type { ToyName } from './data/toys.ts';
import { evaluateFlow } from './flow/evaluate.ts';
import { realnvp } from './flow/realnvp.ts';
import { evaluateGan } from './gan/evaluate.ts';
import { wganGp } from './gan/wgan_gp.ts';
import type { Model } from './model.ts';
import { evaluateVae } from './vae/evaluate.ts';
import { vae } from './vae/vae.ts';

/** A model with the data it is trained on. */
export interface Studied {
  model: Model;
  source: Source;
  /** Test metrics by name. Takes seconds. */
  evaluate(): Promise<Record<string, number>>;
}

type Make<M extends ModelName> = (data: string, config: Config<M>) => Promise<Studied>;

const makers: { [M in ModelName]: Make<M> } = {
  async vae(data, config) {
    const source = await openSource(data, { binary: config.decoder === 'bernoulli' });
    const model = vae(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateVae(model, source) };
  },

  async realnvp(data, config) {
    const source = await openSource(data);
    const model = realnvp(config);
    return { model, source, evaluate: () => evaluateFlow(model, data as ToyName) };
  },

  async wgan_gp(data, config) {
    const source = await openSource(data);
    const model = wganGp(config, source.shape);
    return { model, source, evaluate: () => evaluateGan(model, source) };
  },
};

/**
 * Makes a model by name on the open engine, and opens its data. Settings that are not given take
 * the values that suit the data. Throws for unknown names and for values out of range.
 */
export function study<M extends ModelName>(
  name: M,
  data: string,
  settings: Readonly<Record<string, number | string>> = {},
): Promise<Studied> {
  return makers[name](data, settle(name, data, settings));
}
