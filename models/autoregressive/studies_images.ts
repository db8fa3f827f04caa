import { openSource } from '../data/source.ts';
import type { Studies } from '../study.ts';
import type { imageCatalog } from './catalog_images.ts';
import { evaluateAr } from './evaluate.ts';
import { made } from './made.ts';
import { nade } from './nade.ts';
import { baseRates } from './rates.ts';

/** How each of imageCatalog is made with its data and its test metrics. */
export const imageStudies: Studies<typeof imageCatalog> = {
  async made(data, config) {
    const source = await openSource(data, { binary: true });
    const model = made(config, source.shape, await baseRates(source));
    return { model, source, evaluate: () => evaluateAr(model, source) };
  },

  async nade(data, config) {
    const source = await openSource(data, { binary: true });
    const model = nade(config, source.shape, await baseRates(source));
    return { model, source, evaluate: () => evaluateAr(model, source) };
  },
};
