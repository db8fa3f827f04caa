import { openSource } from '../data/source.ts';
import type { Studies } from '../study.ts';
import type { sequenceCatalog } from './catalog_sequences.ts';
import { evaluateAudio, evaluateTexts } from './evaluate_sequences.ts';
import { gru } from './gru.ts';
import { alphabetOf } from './sequence.ts';
import { transformer } from './transformer.ts';
import { wavenet } from './wavenet.ts';

/** How each of sequenceCatalog is made with its data and its test metrics. */
export const sequenceStudies: Studies<typeof sequenceCatalog> = {
  async gru(data, config) {
    const source = await openSource(data, { length: config.length });
    const model = gru(config, alphabetOf(source));
    return { model, source, evaluate: () => evaluateTexts(model, source) };
  },
  async transformer(data, config) {
    const source = await openSource(data, { length: config.length });
    const model = transformer(config, alphabetOf(source));
    return { model, source, evaluate: () => evaluateTexts(model, source) };
  },
  async wavenet(data, config) {
    const source = await openSource(data, { length: config.length });
    const model = wavenet(config, alphabetOf(source));
    return { model, source, evaluate: () => evaluateAudio(model, source) };
  },
};
