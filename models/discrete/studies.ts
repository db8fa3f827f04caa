import type { Studies } from '../study.ts';
import type { discreteCatalog } from './catalog.ts';

/** How each of discreteCatalog is made with its data and its test metrics. */
export const discreteStudies: Studies<typeof discreteCatalog> = {};
