import { currentGpu, open, type Tensor, tensor } from '../../engine/index.ts';
import { randomStream } from '../../models/data/random.ts';
import { samplePoints, TOY_EXTENT } from '../../models/data/toys.ts';
import type { Flow } from '../../models/flow/likelihood.ts';
import { drawOnce } from '../../models/sampler.ts';
import type { Emit } from '../jobs.ts';
import { beside, pointsPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { spreadOf } from '../spread.ts';
import type { Findings } from './experiment.ts';
import { trained } from './trained.ts';

const [TOY, STEPS, SHOWN, POINTS] = ['eight_gaussians', 1500, 40_000, 4000] as const;
/** Part of a Gaussian of the plane beyond 3σ. */
const BEYOND = Math.exp(-4.5);

/** Flows need not preserve volume; what they cannot do is cut space. */
export async function volumePreserving(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const data = Float32Array.from(samplePoints(TOY, SHOWN, randomStream(3, 0)));
  const pictures = [pointsPicture(data, TOY_EXTENT)];
  const rows: [string, ...number[]][] = [];
  for (const model of ['nice', 'realnvp', 'flowpp'] as const) {
    const training = await trained(model, TOY, { steps: STEPS }, emit);
    const test = await training.evaluate();
    const flow = training.model as Flow;
    const change = await volumeChange(flow, data.slice(0, 2 * POINTS));
    rows.push([model, change, test.kl, test.beyondModes, test.hq]);
    const samples = (await drawOnce(flow.sampler(SHOWN))) as Float32Array;
    pictures.push(pointsPicture(samples, TOY_EXTENT));
  }
  const [nice, realnvp, flowpp] = rows as number[][];
  return {
    claim: 'Flows are limited by their being volume preserving.',
    setup: `${STEPS} steps on 8 Gaussians, catalog settings, seed 0. KL from 20,000 points, mass by quadrature.`,
    columns: [
      'model',
      'sd of log det, nats',
      'KL, nats',
      'mass beyond 3σ of all modes',
      'samples within',
    ],
    rows: [...rows, ['data', 0, 0, BEYOND, 1 - BEYOND]],
    says: [
      {
        text: 'NICE changes every volume by the same factor; RealNVP and Flow++ do not preserve volumes',
        holds: nice[1] < 1e-4 && realnvp[1] > 0.1 && flowpp[1] > 0.1,
      },
      {
        text: 'being free of it helps: RealNVP and Flow++ have a lower KL than NICE',
        holds: realnvp[2] < nice[2] && flowpp[2] < nice[2],
      },
      {
        text: 'all three leave more mass between the modes than the data have: one Gaussian is stretched, not cut',
        holds: [nice, realnvp, flowpp].every((row) => row[3] > 1.5 * BEYOND),
      },
    ],
    picture: picture(beside(pictures)),
    caption: `${SHOWN} points each: data, NICE, RealNVP, Flow++.`,
    adapter: gpu.adapterName,
  };
}

/** How much log |det| of the map from data to noise differs from point to point, its standard deviation. */
async function volumeChange({ forward }: Flow, points: Float32Array<ArrayBuffer>) {
  const step = currentGpu().step((x: Tensor) => forward(x)[1]);
  const logs = await step(tensor(points, [points.length / 2, 2])).data();
  step.dispose();
  return spreadOf([...logs]).sd;
}
