import { open } from '../../engine/index.ts';
import { examplesOf } from '../../models/data/examples.ts';
import type { Form } from '../../models/data/form.ts';
import { openSource } from '../../models/data/source.ts';
import { altered } from '../../models/uses/altered.ts';
import { compareWith } from '../../models/uses/outliers.ts';
import type { Emit } from '../jobs.ts';
import { gridPicture } from '../picture.ts';
import { picture } from '../shown.ts';
import { spreadOf } from '../spread.ts';
import type { Findings } from './experiment.ts';
import { trained } from './trained.ts';

const [COLUMNS, STEPS, COUNT] = [16, 700, 1000];
const ways = ['shuffled', 'smooth', 'flat'] as const;

/**
 * What a model has not seen can be likelier to it than what it was trained on. E. Nalisnick et al., Do Deep
 * Generative Models Know What They Don't Know?, 2019, arXiv 1810.09136.
 */
export async function oodLikelihood(emit: Emit): Promise<Findings> {
  const gpu = await open({ seed: 0 });
  const glow = await trained('glow', 'fashion', { steps: STEPS }, emit);
  const rows: [string, ...number[]][] = [];
  for (const other of ['mnist', ...ways]) {
    await emit({ kind: 'stage', text: `comparing with ${other}` });
    const compared = await compareWith(glow, other, COUNT);
    if (rows.length === 0) rows.push(['clothes', spreadOf(compared.test).mean, 0.5]);
    const name = other === 'mnist' ? 'digits' : `${other} clothes`;
    rows.push([name, spreadOf(compared.other).mean, compared.auroc]);
  }
  const [own, digits, shuffled, smooth] = rows as number[][];
  return {
    claim: 'A model with a likelihood tells what does not belong: it is unlikely.',
    setup:
      `Glow, ${STEPS} steps on Fashion-MNIST, seed 0; ${COUNT} test images of clothes, as they are and altered, ` +
      'and as many digits of MNIST. Bits per dimension of dequantised pixels.',
    columns: ['images', 'bits/dim', 'AUROC of being less likely'],
    rows,
    says: [
      {
        text: 'shuffled pixels are told apart: less likely',
        holds: shuffled[2] > 0.95 && shuffled[1] > own[1],
      },
      {
        text: 'digits, of which it has seen none, are likelier than clothes',
        holds: digits[1] < own[1] && digits[2] < 0.4,
      },
      { text: 'so are smoothed clothes', holds: smooth[1] < own[1] && smooth[2] < 0.5 },
    ],
    picture: picture(await looks()),
    caption: `From the top: clothes; digits; ${ways.map((way) => `${way} clothes`).join('; ')}.`,
    adapter: gpu.adapterName,
  };
}

/** The first test images, digits, and below what becomes of the first. */
async function looks() {
  const [clothes, digits] = [await openSource('fashion'), await openSource('mnist')];
  const { shape, white, form } = clothes;
  const size = shape[0] * shape[1];
  const shown = await examplesOf(clothes, COLUMNS, 'test');
  const first = Array.from({ length: COLUMNS }, (_, i) =>
    Uint8Array.from(shown.subarray(i * size, (i + 1) * size), (v) => Math.round(v * white)),
  );
  const changed = ways.flatMap((way) => first.map((image) => altered[way](image, shape)));
  const levels = changed.flatMap((image) => Array.from(image, (level) => level / white));
  const all = [...shown, ...(await examplesOf(digits, COLUMNS, 'test')), ...levels];
  return gridPicture(Float32Array.from(all), form as Form & { kind: 'images' }, COLUMNS);
}
