import { referencesOf } from '../../models/references.ts';
import type { Family } from '../../models/settings.ts';
import type { Training } from '../../run/begin.ts';

/**
 * What the view of a family may ask of the model in the worker, by name. An answer is made between two training
 * steps, of the model as it is then; a signal ends it when a newer question of the same name has come, and
 * `tell` gives the page a part of it before the rest.
 */
export type Answers = Readonly<
  Record<
    string,
    (question: never, signal: AbortSignal, tell: (part: unknown) => void) => Promise<unknown>
  >
>;

/** For each family with a view of its own, what makes its answers on an open model. */
const openers: Partial<Record<Family, () => Promise<(training: Training) => Answers>>> = {
  ar: async () => (await import('./ar/answers.ts')).arAnswers,
  diffusion: async () => (await import('./diffusion/answers.ts')).diffusionAnswers,
  discrete: async () => (await import('./discrete/answers.ts')).discreteAnswers,
  ebm: async () => (await import('./ebm/answers.ts')).ebmAnswers,
  flow: async () => (await import('./flow/answers.ts')).flowAnswers,
  gan: async () => (await import('./gan/answers.ts')).ganAnswers,
  score: async () => (await import('./score/answers.ts')).scoreAnswers,
  vae: async () => (await import('./vae/answers.ts')).vaeAnswers,
};

/** The answers of a family: `references` for every one, and what its own view asks. */
export async function openAnswers(family: Family, training: Training): Promise<Answers> {
  const { model, source, run } = training;
  const opener = await openers[family]?.();
  return {
    references: () => referencesOf({ name: run.model, settings: run.settings, model, source }),
    ...opener?.(training),
  };
}
