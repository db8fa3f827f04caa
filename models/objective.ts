import type { Family, ModelInfo } from './settings.ts';

/** What a model is trained on, in symbols: TeX, which the page gets as MathML (`tools/mathml.ts`). */
export interface Objective {
  /** What is minimised, or played for, a formula each. */
  readonly formulas: readonly string[];
  /** The symbol of each loss that a step returns, by name. */
  readonly losses: Readonly<Record<string, string>>;
}

/** An objective for each model of a catalog, with a symbol for each of its losses. */
export type Objectives<C extends Record<string, ModelInfo>> = {
  readonly [M in keyof C]: Objective & { losses: Readonly<Record<keyof C[M]['losses'], string>> };
};

/** TeX as it is written. */
export const tex = String.raw;

/** Loads the objectives of a family's models, by name. */
export const objectivesOf: Record<Family, () => Promise<Readonly<Record<string, Objective>>>> = {
  ar: async () => (await import('./autoregressive/objectives.ts')).objectives,
  vae: async () => (await import('./vae/objectives.ts')).objectives,
  flow: async () => (await import('./flow/objectives.ts')).objectives,
  gan: async () => (await import('./gan/objectives.ts')).objectives,
  ebm: async () => (await import('./energy/objectives.ts')).objectives,
  score: async () => (await import('./score/objectives.ts')).objectives,
  diffusion: async () => (await import('./diffusion/objectives.ts')).objectives,
  discrete: async () => (await import('./discrete/objectives.ts')).objectives,
};
