import type { ModelInfo } from '../settings.ts';

/** The score-based models that can be trained. */
export const scoreCatalog = {} satisfies Record<string, ModelInfo>;
