import { open } from '../../engine/index.ts';
import { altered } from '../../models/uses/altered.ts';
import { compareWith } from '../../models/uses/outliers.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { spreadOf } from '../spread.ts';
import { openDigits, SIZE } from './digits.ts';
import type { Findings } from './experiment.ts';
import { trained } from './trained.ts';

const [COLUMNS, STEPS] = [16, 600];
const ways = ['shuffled', 'smooth', 'faint', 'flat'] as const;

/**
 * What a model has not seen can be likelier to it than what it was trained on. E. Nalisnick et al., Do Deep
 * Generative Models Know What They Don't Know?, 2019, arXiv 1810.09136.
 */
export async function oodLikelihood(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const { source, form, test } = await openDigits(false);
  const glow = await trained('glow', 'digits8', { steps: STEPS }, emit);
  const count = test.length / SIZE;
  const rows: [string, ...number[]][] = [];
  for (const way of ways) {
    const compared = await compareWith(glow, way, count);
    if (rows.length === 0) rows.push(['test images', spreadOf(compared.test).mean, 0.5]);
    rows.push([`${way} test images`, spreadOf(compared.other).mean, compared.auroc]);
  }
  const shown = Array.from({ length: COLUMNS }, (_, i) => levelsOf(test, i, source.white));
  const pictures = [
    ...shown,
    ...ways.flatMap((way) => shown.map((image) => altered[way](image, source.shape))),
  ];
  const values = pictures.flatMap((image) => Array.from(image, (level) => level / source.white));
  const [own, shuffled, , faint, flat] = rows as number[][];
  return {
    claim: 'A model with a likelihood tells what does not belong: it is unlikely.',
    setup: `Glow, ${STEPS} steps on digits8, seed 0; ${count} test images, as they are and altered.`,
    columns: ['images', 'bits/dim', 'AUROC of being less likely'],
    rows,
    says: [
      {
        text: 'shuffled pixels are told apart: less likely',
        holds: shuffled[2] > 0.95 && shuffled[1] > own[1],
      },
      {
        text: 'digits a third as bright, and flat images without any digit, are likelier than digits',
        holds: faint[1] < own[1] && flat[1] < own[1] && faint[2] < 0.5 && flat[2] < 0.5,
      },
    ],
    picture: picture(gridPicture(Float32Array.from(values), form, COLUMNS)),
    caption: `From the top: test images; ${ways.join('; ')}.`,
    adapter: gpu.adapterName,
  };
}

const levelsOf = (images: Float32Array, row: number, white: number) =>
  Uint8Array.from(images.subarray(row * SIZE, (row + 1) * SIZE), (v) => Math.round(v * white));
