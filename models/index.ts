import { imageStudies } from './autoregressive/studies_images.ts';
import { sequenceStudies } from './autoregressive/studies_sequences.ts';
import { type catalog, type ModelName, settle } from './catalog.ts';
import { diffusionStudies } from './diffusion/studies.ts';
import { discreteStudies } from './discrete/studies.ts';
import { ebmStudies } from './energy/studies.ts';
import { flowStudies } from './flow/studies.ts';
import { ganStudies } from './gan/studies.ts';
import { scoreStudies } from './score/studies.ts';
import type { Values } from './settings.ts';
import type { Configured, Studies } from './study.ts';
import { vaeStudies } from './vae/studies.ts';

const studies: Studies<typeof catalog> = {
  ...imageStudies,
  ...sequenceStudies,
  ...vaeStudies,
  ...flowStudies,
  ...ganStudies,
  ...ebmStudies,
  ...scoreStudies,
  ...diffusionStudies,
  ...discreteStudies,
};

/**
 * Makes a model by name on the open engine, and opens its data. Settings that are not given take
 * the values that suit the data. Throws for unknown names and for values out of range.
 */
export async function study<M extends ModelName>(
  name: M,
  data: string,
  settings: Values = {},
): Promise<Configured> {
  const config = settle(name, data, settings);
  return { ...(await studies[name](data, config)), config };
}
