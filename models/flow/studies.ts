import { openSource } from '../data/source.ts';
import type { ToyName } from '../data/toys.ts';
import type { Studies } from '../study.ts';
import type { flowCatalog } from './catalog.ts';
import { evaluateFlow } from './evaluate.ts';
import { realnvp } from './realnvp.ts';

/** How each of flowCatalog is made with its data and its test metrics. */
export const flowStudies: Studies<typeof flowCatalog> = {
  async realnvp(data, config) {
    const source = await openSource(data);
    const model = realnvp(config);
    return { model, source, evaluate: () => evaluateFlow(model, data as ToyName) };
  },
};
