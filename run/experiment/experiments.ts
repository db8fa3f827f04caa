import { augmentation } from './augmentation.ts';
import { collapse } from './collapse.ts';
import { diffusionLikelihood } from './diffusion_likelihood.ts';
import type { Experiment, ExperimentName } from './experiment.ts';
import { fidModes } from './fid_modes.ts';
import { likelihoodVsSamples } from './likelihood_vs_samples.ts';
import { oodLikelihood } from './ood_likelihood.ts';
import { volumePreserving } from './volume_preserving.ts';

/** What does each experiment. */
export const experiments: Readonly<Record<ExperimentName, Experiment>> = {
  collapse,
  'fid-modes': fidModes,
  'volume-preserving': volumePreserving,
  'likelihood-vs-samples': likelihoodVsSamples,
  'ood-likelihood': oodLikelihood,
  'diffusion-likelihood': diffusionLikelihood,
  augmentation,
};
