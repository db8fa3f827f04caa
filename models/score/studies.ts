import type { Studies } from '../study.ts';
import type { scoreCatalog } from './catalog.ts';

/** How each of scoreCatalog is made with its data and its test metrics. */
export const scoreStudies: Studies<typeof scoreCatalog> = {};
