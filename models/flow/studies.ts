import type { Shape } from '../../engine/index.ts';
import { openSource } from '../data/source.ts';
import type { ToyName } from '../data/toys.ts';
import type { Studied, Studies } from '../study.ts';
import type { flowCatalog } from './catalog.ts';
import { evaluateImages, evaluatePoints } from './evaluate.ts';
import { flowpp } from './flowpp.ts';
import { flowppImages } from './flowpp_images.ts';
import { glow } from './glow.ts';
import { iaf } from './iaf.ts';
import type { Flow, ImageFlow } from './likelihood.ts';
import { maf, mafImages } from './maf.ts';
import { nice, niceImages } from './nice.ts';
import { realnvp } from './realnvp.ts';
import { realnvpImages } from './realnvp_images.ts';

/** How each of flowCatalog is made with its data and its test metrics. */
export const flowStudies: Studies<typeof flowCatalog> = {
  nice: studied(nice, niceImages),
  realnvp: studied(realnvp, realnvpImages),
  maf: studied(maf, mafImages),
  iaf: studied(iaf),
  glow: studied(null, glow),
  flowpp: studied(flowpp, flowppImages),
};

type OnImages<C> = (config: C, shape: Shape, white: number) => ImageFlow;

/** A study of one model on points and another on images, as the data are. */
function studied<C>(points: ((config: C) => Flow) | null, images?: OnImages<C>) {
  return async (data: string, config: C): Promise<Studied> => {
    const source = await openSource(data);
    if (points && source.form.kind === 'points') {
      const model = points(config);
      return { model, source, evaluate: () => evaluatePoints(model, data as ToyName) };
    }
    const model = (images as OnImages<C>)(config, source.shape, source.white);
    return { model, source, evaluate: () => evaluateImages(model, source) };
  };
}
