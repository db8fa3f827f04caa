import { openSource } from '../data/source.ts';
import type { Studies } from '../study.ts';
import type { ganCatalog } from './catalog.ts';
import { evaluateGan } from './evaluate.ts';
import { wganGp } from './wgan_gp.ts';

/** How each of ganCatalog is made with its data and its test metrics. */
export const ganStudies: Studies<typeof ganCatalog> = {
  async wgan_gp(data, config) {
    const source = await openSource(data);
    const model = wganGp(config, source.shape);
    return { model, source, evaluate: () => evaluateGan(model, source) };
  },
};
