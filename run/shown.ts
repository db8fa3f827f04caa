import { EightfoldError } from '../engine/errors.ts';
import { type Form, textOf } from '../models/data/form.ts';
import type { View } from '../models/model.ts';
import { drawOnce } from '../models/sampler.ts';
import type { Studied } from '../models/study.ts';
import { completions } from '../models/uses/completion.ts';
import { filled } from '../models/uses/blanks.ts';
import { toBase64 } from './bytes.ts';
import type { Shown } from './jobs.ts';
import { gridPicture, type Pixels, pointsPicture } from './picture.ts';

/**
 * Samples of a model to look at: `count` images as a grid or texts as lines, the density of 100 times
 * as many points, a sixteenth as many recordings. In a page.
 */
export async function showSamples({ model, source }: Studied, count: number): Promise<Shown> {
  const { form } = source;
  const times = { points: 100, images: 1, tokens: 1, audio: 1 / 16 }[form.kind];
  const n = Math.ceil(count * times);
  const values = await drawOnce(model.sampler(n));
  if (form.kind === 'images') return picture(gridPicture(values as Float32Array, form));
  if (form.kind === 'points') return picture(pointsPicture(values as Float32Array, form.extent));
  const size = values.length / n;
  const each = Array.from({ length: n }, (_, i) => values.subarray(i * size, (i + 1) * size));
  if (form.kind === 'tokens') return { kind: 'text', lines: each.map((one) => textOf(form, one)) };
  const recordings = await Promise.all(each.map((one) => toBase64(Uint8Array.from(one))));
  return { kind: 'audio', rate: form.rate, recordings };
}

/** `count` texts that fill in the blanks of a pattern. In a page. Throws where a model cannot. */
export async function showFilled(
  { model, source }: Studied,
  pattern: string,
  count: number,
): Promise<Shown> {
  return { kind: 'text', lines: await filled(model, source.form, pattern, count) };
}

/** Another picture of a model than samples. In a page. Throws, listing what there is. */
export async function showView({ model, source }: Studied, name: string): Promise<Shown> {
  const views: Record<string, View> = { ...model.views, ...completions(model) };
  if (!Object.hasOwn(views, name)) {
    const names = ['samples', ...Object.keys(views)].join(', ');
    throw new EightfoldError('argument', `--show: unknown '${name}'. Choose one of ${names}.`);
  }
  const view = await views[name](source);
  if ('lines' in view) return { kind: 'text', lines: view.lines };
  const { images, columns } = view;
  return picture(gridPicture(images, source.form as Form & { kind: 'images' }, columns));
}

const picture = async (drawn: Pixels): Promise<Shown> => ({
  kind: 'picture',
  ...drawn,
  pixels: toBase64(drawn.pixels),
});
