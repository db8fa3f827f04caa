import { textOf } from '../data/form.ts';
import type { Source } from '../data/source.ts';
import type { Gallery, Lines, View } from '../model.ts';
import { drawOnce } from '../sampler.ts';
import type { DiscreteDiffusion } from './diffusion.ts';
import { measureOf } from './quality.ts';

/** Samples that are shown for each number of passes. */
const COLUMNS = 12;

/**
 * What passes are good for: `steps` shows samples of 1, 2, 4, ... passes, a row of images or some texts
 * for each; `quality` tells how near they come to the data, and how long a sample takes.
 */
export function stepsViews(model: DiscreteDiffusion, most: number): Record<string, View> {
  return {
    steps: (source) => samplesByPasses(model, source, passesTo(most)),
    quality: (source) => qualityByPasses(model, source, passesTo(most)),
  };
}

/** 1, 2, 4, ... and `most` itself. */
export const passesTo = (most: number): number[] => [
  ...Array.from({ length: Math.ceil(Math.log2(most)) }, (_, k) => 2 ** k),
  most,
];

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
