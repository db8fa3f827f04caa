import { openSource, type Source } from '../data/source.ts';
import type { Studied, Studies } from '../study.ts';
import type { diffusionCatalog } from './catalog.ts';
import { type Diffusion, diffusion } from './ddpm.ts';
import { dit } from './dit.ts';
import { evaluateDiffusion, evaluateLatent } from './evaluate.ts';
import { latentDiffusion } from './latent_diffusion.ts';
import { ddpmNetwork, portsOf } from './networks.ts';
import { pixelUnits, pointUnits } from './units.ts';

/** How each of diffusionCatalog is made with its data and its test metrics. */
export const diffusionStudies: Studies<typeof diffusionCatalog> = {
  async ddpm(data, config) {
    const source = await openSource(data);
    const network = ddpmNetwork(config, portsOf(config, source.shape, source.classes.length));
    return studied(diffusion(config, network, source.shape, unitsOf(source)), source);
  },
  async dit(data, config) {
    const source = await openSource(data);
    const network = dit(config, portsOf(config, source.shape, source.classes.length));
    return studied(diffusion(config, network, source.shape, unitsOf(source)), source);
  },
  async latent_diffusion(data, config) {
    const source = await openSource(data, { binary: config.decoder === 'bernoulli' });
    const model = latentDiffusion(config, source.shape, source.white, source.classes.length);
    return { model, source, evaluate: () => evaluateLatent(model, source) };
  },
};

const studied = (model: Diffusion, source: Source): Studied => ({
  model,
  source,
  evaluate: () => evaluateDiffusion(model, source),
});

/** Points of the plane are divided by 1.5, so that their variance is about one; pixels are −1..1. */
const unitsOf = ({ form, white }: Source) =>
  form.kind === 'points' ? pointUnits(1.5) : pixelUnits(white);
