import { logOdds, baseRates } from '../autoregressive/rates.ts';
import { openSource } from '../data/source.ts';
import type { ToyName } from '../data/toys.ts';
import type { Studies } from '../study.ts';
import type { ebmCatalog } from './catalog.ts';
import { ebm, ebmImages } from './ebm.ts';
import { evaluateImages, evaluateJem, evaluatePoints, evaluateRbm } from './evaluate.ts';
import { jem } from './jem.ts';
import { rbm } from './rbm.ts';

/** How each of ebmCatalog is made with its data and its test metrics. */
export const ebmStudies: Studies<typeof ebmCatalog> = {
  async rbm(data, config) {
    const source = await openSource(data, { binary: true });
    const model = rbm(config, source.shape, logOdds(await baseRates(source)));
    return { model, source, evaluate: () => evaluateRbm(model, source) };
  },

  async ebm(data, config) {
    const source = await openSource(data);
    if (source.form.kind === 'points') {
      const model = ebm(config);
      return { model, source, evaluate: () => evaluatePoints(model, data as ToyName) };
    }
    const model = ebmImages(config, source.shape);
    return { model, source, evaluate: () => evaluateImages(model, source) };
  },

  async jem(data, config) {
    const source = await openSource(data);
    const model = jem(config, source.shape, source.classes.length);
    return { model, source, evaluate: () => evaluateJem(model, source) };
  },
};
