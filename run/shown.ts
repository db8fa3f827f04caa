import { EightfoldError } from '../engine/errors.ts';
import { type Form, textOf } from '../models/data/form.ts';
import type { View } from '../models/model.ts';
import { drawOnce, type Watch } from '../models/sampler.ts';
import type { Studied } from '../models/study.ts';
import { completions } from '../models/uses/completion.ts';
import { filled } from '../models/uses/blanks.ts';
import { toBase64 } from './bytes.ts';
import type { Shown } from './jobs.ts';
import { beside, gridPicture, type Pixels, pointsPicture } from './picture.ts';

/**
 * Samples of a model to look at: `count` images as a grid or texts as lines, the density of 100 times
 * as many points, a sixteenth as many recordings. In a page.
 */
export async function showSamples(
  { model, source }: Studied,
  count: number,
  watch?: Watch,
): Promise<Shown> {
  const { form } = source;
  const times = { points: 100, images: 1, tokens: 1, audio: 1 / 16 }[form.kind];
  const n = Math.ceil(count * times);
  const values = await drawOnce(model.sampler(n), watch);
  if (form.kind === 'images') return picture(gridPicture(values as Float32Array, form));
  if (form.kind === 'points') return picture(pointsPicture(values as Float32Array, form.extent));
  const size = values.length / n;
  const each = Array.from({ length: n }, (_, i) => values.subarray(i * size, (i + 1) * size));
  if (form.kind === 'tokens') return { kind: 'text', lines: each.map((one) => textOf(form, one)) };
  const recordings = await Promise.all(each.map((one) => toBase64(Uint8Array.from(one))));
  return { kind: 'audio', rate: form.rate, recordings };
}

/**
 * How samples come to be, in so many looks from noise to data: `count` images as rows, the density of 100
 * times as many points in pictures side by side. In a page. Throws for models that draw in fewer passes,
 * and for texts and audio.
 */
export async function showFrames(
  { model, source }: Studied,
  count: number,
  frames: number,
  watch: Pick<Watch, 'signal'> = {},
): Promise<Shown> {
  const { form } = source;
  const shown = form.kind === 'images' || form.kind === 'points';
  const n = form.kind === 'points' ? 100 * count : count;
  const sampler = model.sampler(n);
  const every = Math.floor(sampler.passes / frames);
  if (!shown || every < 1) {
    sampler.dispose();
    const expected = shown ? `at most the ${sampler.passes} passes of a draw` : 'images or points';
    const got = shown ? frames : form.kind;
    throw new EightfoldError('argument', `--frames: expected ${expected}, got ${got}.`);
  }
  const seen: Float32Array[] = [];
  const last = await drawOnce(sampler, {
    ...watch,
    every,
    async seen(_, now) {
      seen.push((await now().data()) as Float32Array);
    },
  });
  seen[seen.length - 1] = last as Float32Array;
  if (form.kind === 'points') {
    return picture(beside(seen.map((points) => pointsPicture(points, form.extent))));
  }
  const size = last.length / n;
  const rows = Array.from({ length: n }, (_, i) =>
    seen.map((values) => [...values.subarray(i * size, (i + 1) * size)]),
  );
  return picture(gridPicture(Float32Array.from(rows.flat(2)), form, seen.length));
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
  const { images, columns, form = source.form } = view;
  return picture(gridPicture(images, form as Form & { kind: 'images' }, columns));
}

/** Pixels as they travel to Node. */
export const picture = (drawn: Pixels): Shown & { kind: 'picture' } => ({
  kind: 'picture',
  ...drawn,
  pixels: toBase64(drawn.pixels),
});
