import type { Studied, Studies } from '../study.ts';
import type { discreteCatalog } from './catalog.ts';
import { d3pm } from './d3pm.ts';
import { type Denoiser, type DenoiserConfig, denoiserOf } from './denoisers.ts';
import type { DiscreteDiffusion } from './diffusion.ts';
import { evaluateDiscrete } from './evaluate.ts';
import { mdlm } from './mdlm.ts';
import { sedd } from './sedd.ts';
import { openSymbols, type Symbols } from './symbols.ts';
import { passesViews } from './views.ts';

/** How each of discreteCatalog is made with its data and its test metrics. */
export const discreteStudies: Studies<typeof discreteCatalog> = {
  d3pm: studied(d3pm),
  mdlm: studied(mdlm),
  sedd: studied(sedd),
};

function studied<C extends DenoiserConfig & { levels: number; length: number; passes: number }>(
  make: (config: C, symbols: Symbols, denoiser: Denoiser) => DiscreteDiffusion,
) {
  return async (data: string, config: C): Promise<Studied> => {
    const { source, symbols } = await openSymbols(data, config);
    const diffusion = make(config, symbols, denoiserOf(config, symbols));
    const model = { ...diffusion, views: passesViews(diffusion, config.passes) };
    return { model, source, evaluate: () => evaluateDiscrete(model, source) };
  };
}
