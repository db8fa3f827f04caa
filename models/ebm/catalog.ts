import type { ModelInfo } from '../settings.ts';

/** The energy-based models that can be trained. */
export const ebmCatalog = {} satisfies Record<string, ModelInfo>;
