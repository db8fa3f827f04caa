import type { Studies } from '../study.ts';
import type { ebmCatalog } from './catalog.ts';

/** How each of ebmCatalog is made with its data and its test metrics. */
export const ebmStudies: Studies<typeof ebmCatalog> = {};
