import type { ModelInfo } from '../settings.ts';

/** The discrete diffusion models that can be trained. */
export const discreteCatalog = {} satisfies Record<string, ModelInfo>;
