import type { Studies } from '../study.ts';
import type { diffusionCatalog } from './catalog.ts';

/** How each of diffusionCatalog is made with its data and its test metrics. */
export const diffusionStudies: Studies<typeof diffusionCatalog> = {};
