import { openSource } from '../data/source.ts';
import type { Studies } from '../study.ts';
import type { vaeCatalog } from './catalog.ts';
import { evaluateVae } from './evaluate.ts';
import { vae } from './vae.ts';

/** How each of vaeCatalog is made with its data and its test metrics. */
export const vaeStudies: Studies<typeof vaeCatalog> = {
  async vae(data, config) {
    const source = await openSource(data, { binary: config.decoder === 'bernoulli' });
    const model = vae(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateVae(model, source) };
  },
};
