import { openSource } from '../data/source.ts';
import type { ToyName } from '../data/toys.ts';
import type { Studies } from '../study.ts';
import type { scoreCatalog } from './catalog.ts';
import { evaluateNcsn, evaluateScore, evaluateSde } from './evaluate.ts';
import { ncsn } from './ncsn.ts';
import { scoreMatching } from './score_matching.ts';
import { sdeModel } from './sde.ts';

/** How each of scoreCatalog is made with its data and its test metrics. */
export const scoreStudies: Studies<typeof scoreCatalog> = {
  async score_matching(data, config) {
    const source = await openSource(data);
    const model = scoreMatching(config);
    const evaluate = () => evaluateScore(model, data as ToyName, config.sigma);
    return { model, source, evaluate };
  },
  async ncsn(data, config) {
    const source = await openSource(data);
    const model = ncsn(config, source.shape);
    return { model, source, evaluate: () => evaluateNcsn(model, source) };
  },
  async score_sde(data, config) {
    const source = await openSource(data);
    const model = sdeModel(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateSde(model, source, config.divergence) };
  },
};
