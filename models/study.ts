import type { Source } from './data/source.ts';
import type { Model } from './model.ts';
import type { ConfigOf, ModelInfo } from './settings.ts';

/** A model with the data it is trained on. */
export interface Studied {
  model: Model;
  source: Source;
  /** Test metrics by name. Takes seconds. */
  evaluate(): Promise<Record<string, number>>;
}

/** What was studied, and the configuration that the model reads: changes to it are changes to the model. */
export interface Configured extends Studied {
  config: Record<string, number | string>;
}

/** For each model of a catalog, what makes it on the open engine and opens its data. */
export type Studies<C extends Record<string, ModelInfo>> = {
  [M in keyof C]: (data: string, config: ConfigOf<C[M]>) => Promise<Studied>;
};
