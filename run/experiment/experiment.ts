import type { Emit, Shown } from '../jobs.ts';

/** The experiments by name, with what each is about. */
export const EXPERIMENTS = {
  collapse: 'what makes the latent variables of a VAE collapse',
  'fid-modes': 'what the classifier score and the Fréchet distance see of lost modes',
  'volume-preserving': 'what limits flows',
  'likelihood-vs-samples': 'whether likelihood and samples are good together',
  'ood-likelihood': 'whether what a model has not seen is unlikely to it',
  'diffusion-likelihood': 'whether diffusion models have a likelihood',
  augmentation: 'what samples add to a few labelled images',
} as const;

export type ExperimentName = keyof typeof EXPERIMENTS;

/** What an experiment found. */
export interface Findings {
  /** What is often said. */
  claim: string;
  /** What was done, to reproduce it. */
  setup: string;
  /** Names of the columns, the first one of what the rows are. */
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  /** What the numbers say of the claim, each with whether they do. */
  says: readonly { text: string; holds: boolean }[];
  picture: Shown & { kind: 'picture' };
  /** What is on the picture. */
  caption: string;
  adapter: string;
}

/** Does an experiment in a page, telling Node where it stands. */
export type Experiment = (emit: Emit) => Promise<Findings>;
