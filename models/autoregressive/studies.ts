import type { Studies } from '../study.ts';
import type { arCatalog } from './catalog.ts';

/** How each of arCatalog is made with its data and its test metrics. */
export const arStudies: Studies<typeof arCatalog> = {
  gru: () => {
    throw new Error('x');
  },
  transformer: () => {
    throw new Error('x');
  },
  wavenet: () => {
    throw new Error('x');
  },
};
