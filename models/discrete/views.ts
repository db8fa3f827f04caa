import type { Tensor, TypedArray } from '../../engine/index.ts';
import { textOf, UNKNOWN } from '../data/form.ts';
import type { Source } from '../data/source.ts';
import type { Gallery, Lines, View } from '../model.ts';
import { drawOnce } from '../sampler.ts';
import type { DiscreteDiffusion } from './diffusion.ts';
import { measureOf } from './quality.ts';

/** Samples that are shown for each number of passes, and moments of those on their way. */
const COLUMNS = 12;
/** Samples that are shown on their way. */
const ROWS = 6;

/**
 * What passes do: `chain` shows samples as they come out of the noise, with masks grey or `_`; `steps`
 * samples of 1, 2, 4, ... passes; `quality` tells how near these come to the data, and what they take.
 */
export function passesViews(model: DiscreteDiffusion, most: number): Record<string, View> {
  return {
    chain: (source) => onTheirWay(model, source, most),
    steps: (source) => samplesByPasses(model, source, passesTo(most)),
    quality: (source) => qualityByPasses(model, source, passesTo(most)),
  };
}

/** 1, 2, 4, ... and `most` itself. */
export const passesTo = (most: number): number[] => [
  ...Array.from({ length: Math.ceil(Math.log2(most)) }, (_, k) => 2 ** k),
  most,
];

async function onTheirWay(
  model: DiscreteDiffusion,
  { form }: Source,
  passes: number,
): Promise<Gallery | Lines> {
  const moments: TypedArray[] = [];
  const every = Math.ceil(passes / COLUMNS);
  const seen = async (done: number, now: () => Tensor) => {
    if (done < passes) moments.push(await now().data());
  };
  moments.push(await drawOnce(model.sampler(ROWS), { every, seen }));
  const size = moments[0].length / ROWS;
  const each = Array.from({ length: ROWS }, (_, i) =>
    moments.map((values) => values.subarray(i * size, (i + 1) * size)),
  );
  if (form.kind === 'tokens') {
    const lineOf = (tokens: TypedArray) => textOf(form, tokens).replaceAll(UNKNOWN, '_');
    return { lines: each.flatMap((sample) => [...sample.map(lineOf), '']) };
  }
  const pixels = each.flat().flatMap((values) => Array.from(values, (v) => (v > 1 ? 0.5 : v)));
  return { images: Float32Array.from(pixels), columns: moments.length };
}

async function samplesByPasses(
  model: DiscreteDiffusion,
  { form }: Source,
  each: number[],
): Promise<Gallery | Lines> {
  const images: number[] = [];
  const lines: string[] = [];
  for (const passes of each) {
    const values = await drawOnce(model.sampler(COLUMNS, { passes }));
    const size = values.length / COLUMNS;
    if (form.kind === 'tokens') {
      const texts = Array.from({ length: COLUMNS }, (_, i) =>
        textOf(form, values.subarray(i * size, (i + 1) * size)),
      );
      lines.push(`${passes}: ${texts.join(', ')}`);
    } else images.push(...values);
  }
  return form.kind === 'tokens'
    ? { lines }
    : { images: Float32Array.from(images), columns: COLUMNS };
}

async function qualityByPasses(
  model: DiscreteDiffusion,
  source: Source,
  each: number[],
): Promise<Lines> {
  const measure = await measureOf(model, source);
  const lines: string[] = [];
  for (const passes of each) {
    const start = performance.now();
    const found = await measure({ passes });
    const seconds = (performance.now() - start) / 1000;
    const values = Object.entries(found).map(([name, value]) => `${name} ${value.toFixed(4)}`);
    lines.push(`${passes} passes: ${values.join(', ')}, ${seconds.toFixed(1)} s`);
  }
  return { lines };
}
