import type { Shape } from '../../engine/index.ts';
import { openSource } from '../data/source.ts';
import type { Studied, Studies } from '../study.ts';
import type { Gan } from './adversarial.ts';
import type { ganCatalog } from './catalog.ts';
import { dcgan } from './dcgan.ts';
import { evaluateGan } from './evaluate.ts';
import { gan } from './gan.ts';
import { lsgan } from './lsgan.ts';
import { r1Gan } from './r1_gan.ts';
import { sngan } from './sngan.ts';
import { wgan } from './wgan.ts';
import { wganGp } from './wgan_gp.ts';

/** How each of ganCatalog is made with its data and its test metrics. */
export const ganStudies: Studies<typeof ganCatalog> = {
  gan: studied(gan),
  lsgan: studied(lsgan),
  wgan: studied(wgan),
  wgan_gp: studied(wganGp),
  r1_gan: studied(r1Gan),
  sngan: studied(sngan),
  dcgan: studied(dcgan),
};

/** A study of a GAN for examples of a shape, of so many classes. */
function studied<C>(make: (config: C, shape: Shape, classes: number) => Gan) {
  return async (data: string, config: C): Promise<Studied> => {
    const source = await openSource(data);
    const model = make(config, source.shape, source.classes.length);
    return { model, source, evaluate: () => evaluateGan(model, source) };
  };
}
