import { currentGpu, open, type Tensor, tensor } from '../../engine/index.ts';
import type { Values } from '../../models/settings.ts';
import type { LatentModel } from '../../models/vae/latent.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import type { Findings } from './experiment.ts';
import { independentNll, openDigits, SIZE } from './digits.ts';
import { trained } from './trained.ts';

/** Images of a row of the picture. */
const COLUMNS = 16;
const TRAINING = { steps: 1500, lr: 3e-3 };

const variants: readonly [name: string, settings: Values][] = [
  ['β = 0, no KL term', { beta: 0 }],
  ['β = 1', { beta: 1 }],
  ['β = 4', { beta: 4 }],
  ['β = 20', { beta: 20 }],
  ['β = 20, 1 nat of each z free', { beta: 20, free: 1 }],
];

/** The KL term causes posterior collapse; it does not prevent it. */
export async function collapse(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const { source, form, test } = await openDigits(true);
  const shown = test.slice(0, COLUMNS * SIZE);
  const pictures = [...shown];
  const rows: [string, ...number[]][] = [];
  for (const [name, settings] of variants) {
    const training = await trained('vae', 'digits8', { ...TRAINING, ...settings }, emit);
    const { kl, activeUnits, reconstruction, importanceBound } = await training.evaluate();
    rows.push([name, kl, activeUnits, reconstruction, importanceBound]);
    pictures.push(...(await reconstructed(training.model as LatentModel, shown)));
  }
  const pixels = await independentNll(source, test);
  const [without, one, , twenty, freed] = rows;
  return {
    claim:
      'The KL term of the ELBO pushes q(z|x) toward the prior and so prevents posterior collapse.',
    setup: `VAE with 8 latent variables on binary digits8, ${TRAINING.steps} steps, learning rate ${TRAINING.lr}, seed 0.`,
    columns: ['model', 'KL, nats', 'active units of 8', '−log p(x|z), nats', '−log p(x) ≤, nats'],
    rows: [...rows, ['independent pixels', 0, 0, pixels, pixels]],
    says: [
      {
        text: 'without the KL term all 8 units are active',
        holds: without[2] === 8,
      },
      {
        text: 'with β = 1 there is information in z',
        holds: one[1] > 1 && (one[2] as number) >= 6,
      },
      {
        text: 'with β = 20 no unit is active, and the model is that of independent pixels within 0.1 nats',
        holds: twenty[2] === 0 && Math.abs((twenty[4] as number) - pixels) < 0.1,
      },
      {
        text: 'free bits take the KL term away where it is small, and the units come back',
        holds: (freed[2] as number) >= 6,
      },
    ],
    picture: picture(gridPicture(Float32Array.from(pictures), form, COLUMNS)),
    caption: `Test images, and below what the models make of them: ${variants.map(([name]) => name).join('; ')}.`,
    adapter: gpu.adapterName,
  };
}

async function reconstructed(model: LatentModel, images: Float32Array<ArrayBuffer>) {
  const step = currentGpu().step((x: Tensor) => model.decode(model.embed(x)));
  const result = (await step(tensor(images, [COLUMNS, 8, 8, 1])).data()) as Float32Array;
  step.dispose();
  return result;
}
