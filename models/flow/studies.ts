import type { Shape } from '../../engine/index.ts';
import { openSource } from '../data/source.ts';
import type { ToyName } from '../data/toys.ts';
import type { Studied, Studies } from '../study.ts';
import type { flowCatalog } from './catalog.ts';
import { evaluateImages, evaluatePoints } from './evaluate.ts';
import { flowpp } from './flowpp.ts';
import { glow } from './glow.ts';
import { iaf } from './iaf.ts';
import type { Flow, ImageFlow } from './likelihood.ts';
import { maf } from './maf.ts';
import { nice } from './nice.ts';
import { realnvp } from './realnvp.ts';

/** How each of flowCatalog is made with its data and its test metrics. */
export const flowStudies: Studies<typeof flowCatalog> = {
  nice: async (data, config) => onPoints(data, nice(config)),
  realnvp: async (data, config) => onPoints(data, realnvp(config)),
  maf: async (data, config) => onPoints(data, maf(config)),
  iaf: async (data, config) => onPoints(data, iaf(config)),
  glow: (data, config) => onImages(data, (shape, white) => glow(config, shape, white)),
  flowpp: async (data, config) => onPoints(data, flowpp(config)),
};

async function onPoints(data: string, model: Flow): Promise<Studied> {
  const source = await openSource(data);
  return { model, source, evaluate: () => evaluatePoints(model, data as ToyName) };
}

async function onImages(
  data: string,
  make: (shape: Shape, white: number) => ImageFlow,
): Promise<Studied> {
  const source = await openSource(data);
  const model = make(source.shape, source.white);
  return { model, source, evaluate: () => evaluateImages(model, source) };
}
