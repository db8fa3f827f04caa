import { open } from '../../engine/index.ts';
import type { Source } from '../../models/data/source.ts';
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
    picture: picture(gridPicture(lookedAt(test, source), form, COLUMNS)),
    caption: `From the top: test images; ${ways.join('; ')}.`,
    adapter: gpu.adapterName,
  };
}

/** The first test images, and below each what becomes of it. */
function lookedAt(test: Float32Array, { white, shape }: Source): Float32Array {
  const first = Array.from({ length: COLUMNS }, (_, i) =>
    Uint8Array.from(test.subarray(i * SIZE, (i + 1) * SIZE), (v) => Math.round(v * white)),
  );
  const changed = ways.flatMap((way) => first.map((image) => altered[way](image, shape)));
  return Float32Array.from([...first, ...changed].flatMap((image) => [...image])).map(
    (level) => level / white,
  );
}
