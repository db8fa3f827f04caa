import type { ModelInfo } from '../settings.ts';

/** The diffusion models that can be trained. */
export const diffusionCatalog = {} satisfies Record<string, ModelInfo>;
