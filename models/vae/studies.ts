import { openSource } from '../data/source.ts';
import type { Studies } from '../study.ts';
import type { vaeCatalog } from './catalog.ts';
import { evaluateSigmaVae, evaluateVae } from './evaluate.ts';
import { evaluateVqVae } from './evaluate_vqvae.ts';
import { iafVae } from './iaf_vae.ts';
import { iwae } from './iwae.ts';
import { sigmaVae } from './sigma_vae.ts';
import { vae } from './vae.ts';
import { vqvae } from './vqvae.ts';

const open = (data: string, { decoder }: { decoder: 'bernoulli' | 'logistic' }) =>
  openSource(data, { binary: decoder === 'bernoulli' });

/** How each of vaeCatalog is made with its data and its test metrics. */
export const vaeStudies: Studies<typeof vaeCatalog> = {
  async vae(data, config) {
    const source = await open(data, config);
    const model = vae(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateVae(model, source) };
  },
  async iwae(data, config) {
    const source = await open(data, config);
    const model = iwae(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateVae(model, source) };
  },
  async sigma_vae(data, config) {
    const source = await openSource(data);
    const model = sigmaVae(config, source.shape);
    return { model, source, evaluate: () => evaluateSigmaVae(model, source) };
  },
  async iaf_vae(data, config) {
    const source = await open(data, config);
    const model = iafVae(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateVae(model, source) };
  },
  async vqvae(data, config) {
    const source = await open(data, config);
    const model = vqvae(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateVqVae(model, source) };
  },
};
