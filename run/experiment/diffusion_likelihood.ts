import { open } from '../../engine/index.ts';
import { randomStream } from '../../models/data/random.ts';
import { samplePoints, TOY_EXTENT, toys } from '../../models/data/toys.ts';
import type { Diffusion } from '../../models/diffusion/ddpm.ts';
import { boundOf } from '../../models/diffusion/evaluate.ts';
import { klFromExact, toyStats } from '../../models/metrics/toys.ts';
import { meanOf } from '../../models/chunks.ts';
import { drawOnce, type Sampler } from '../../models/sampler.ts';
import { flowLikelihood } from '../../models/score/probability_flow.ts';
import type { SdeModel } from '../../models/score/sde.ts';
import type { Emit } from '../jobs.ts';
import { beside, pointsPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import type { Findings } from './experiment.ts';
import { trained } from './trained.ts';

const [TOY, STEPS, POINTS, SHOWN] = ['eight_gaussians', 2000, 2000, 10_000] as const;
/** Draws of each x_t of the bound. */
const DRAWS = 8;

/** Diffusion models have a bound on the likelihood, and by the probability flow the likelihood itself. */
export async function diffusionLikelihood(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const points = Float32Array.from(samplePoints(TOY, POINTS, randomStream(999, 0)));
  const exact = -meanOf(toys[TOY].logDensity(points));
  const data = Float32Array.from(samplePoints(TOY, SHOWN, randomStream(3, 0)));
  const pictures = [pointsPicture(data, TOY_EXTENT)];
  const quality = async (sampler: Sampler) => {
    const samples = (await drawOnce(sampler)) as Float32Array;
    pictures.push(pointsPicture(samples, TOY_EXTENT));
    return toyStats(TOY, samples).energyDistance;
  };

  const rows: [string, string, ...number[]][] = [];
  const variants = [
    ['DDPM, simple objective', {}],
    ['DDPM, trained on the bound', { variance: 'learned', loss: 'bound' }],
  ] as const;
  for (const [name, settings] of variants) {
    const { model } = await trained('ddpm', TOY, { steps: STEPS, ...settings }, emit);
    const diffusion = model as Diffusion;
    const bound = await boundOf(diffusion, points, [POINTS, 2], DRAWS);
    const distance = await quality(diffusion.sampler(SHOWN, { sampler: 'ancestral' }));
    rows.push([name, 'bound', bound, bound - exact, distance]);
  }
  const sde = (await trained('score_sde', TOY, { steps: STEPS }, emit)).model as SdeModel;
  const likelihood = flowLikelihood([POINTS, 2], sde, sde.solver, 'exact');
  const densities = await likelihood.logDensity(points);
  likelihood.dispose();
  const flow = -meanOf(densities);
  const kl = klFromExact(TOY, points, densities);
  rows.push(['VP-SDE, probability flow', 'exact', flow, kl, await quality(sde.sampler(SHOWN))]);
  const [simple, trainedOn] = rows.map((row) => row[2] as number);
  return {
    claim: 'Diffusion models, like GANs, can only be sampled: they have no likelihood.',
    setup:
      `${STEPS} steps on 8 Gaussians, catalog settings, seed 0; ${POINTS} points, of which the exact density ` +
      `makes ${exact.toFixed(4)} nats. The bound is the mean of ${DRAWS} draws of each x_t; the flow is ` +
      'followed to a tolerance, with exact divergence.',
    columns: ['model', 'kind', '−log p, nats', 'above the exact one', 'energy distance of samples'],
    rows: [...rows, ['data', 'exact', exact, 0, toyStats(TOY, data).energyDistance]],
    says: [
      {
        text: 'the bounds lie above the exact −log p',
        holds: simple > exact && trainedOn > exact,
      },
      {
        text: 'the probability flow gives a likelihood within half a nat of the exact one',
        holds: flow > exact && flow < exact + 0.5,
      },
      {
        text: 'the simple objective leaves the bound loose, though its samples are good',
        holds: simple - exact > 2 * (flow - exact) && (rows[0][4] as number) < 0.02,
      },
      { text: 'training on the bound tightens it', holds: trainedOn < simple },
    ],
    picture: picture(beside(pictures)),
    caption: `${SHOWN} points each: data, ${rows.map(([name]) => name).join(', ')}.`,
    adapter: gpu.adapterName,
  };
}
