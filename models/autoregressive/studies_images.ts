import { openSource } from '../data/source.ts';
import type { Studies } from '../study.ts';
import type { imageCatalog } from './catalog_images.ts';
import { evaluateAr } from './evaluate.ts';
import { gatedPixelcnn } from './gated_pixelcnn.ts';
import { made } from './made.ts';
import { nade } from './nade.ts';
import { pixelcnn } from './pixelcnn.ts';
import { pixelcnnPp } from './pixelcnn_pp.ts';
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

  async pixelcnn(data, config) {
    const binary = config.output === 'bernoulli';
    const source = await openSource(data, { binary });
    const rates = binary ? await baseRates(source) : null;
    const model = pixelcnn(config, source.shape, source.white, rates);
    return { model, source, evaluate: () => evaluateAr(model, source) };
  },

  async gated_pixelcnn(data, config) {
    const source = await openSource(data, { binary: config.output === 'bernoulli' });
    const classes = config.conditional === 'class' ? source.classes.length : 0;
    const model = gatedPixelcnn(config, source.shape, source.white, classes);
    return { model, source, evaluate: () => evaluateAr(model, source) };
  },

  async pixelcnn_pp(data, config) {
    const source = await openSource(data);
    const classes = config.conditional === 'class' ? source.classes.length : 0;
    const model = pixelcnnPp(config, source.shape, source.white, classes);
    return { model, source, evaluate: () => evaluateAr(model, source) };
  },
};
