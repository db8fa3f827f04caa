import { bytesAt, optionalAt } from './bytes.ts';
import { unpackSeries } from './series.ts';
import type { SeriesSet } from './sets.ts';

/** Windows of 512 μ-law levels at 8 kHz. */
const levels = { form: { kind: 'audio', rate: 8000 }, white: 255, length: 512 } as const;

/**
 * 60 drums at 8 kHz in 256 μ-law levels. Recording i is a test recording when i mod 10 = 9: 54 train,
 * 6 test. Source: freesound.org (CC0), by supersonic-scsynth-samples; see LICENSE-drums.md.
 */
export async function loadDrums(): Promise<SeriesSet> {
  const file = await bytesAt(new URL('./drums8k.bin', import.meta.url));
  const drums = unpackSeries(file, 'drums8k.bin', 'Check it out again.');
  return {
    name: 'drums8k',
    ...levels,
    train: drums.filter((_, i) => i % 10 !== 9),
    test: drums.filter((_, i) => i % 10 === 9),
  };
}

/**
 * Eight spoken prompts at 8 kHz in 256 μ-law levels, the sixth and eighth for testing. Source: Debian's
 * alsa-utils (GPL-2), fetched by `npm run data -- speech8k`. Throws where that was not done.
 */
export async function loadSpeech(): Promise<SeriesSet> {
  const file = await optionalAt('speech8k');
  const prompts = unpackSeries(file, 'speech8k', 'Run npm run data -- speech8k.');
  return {
    name: 'speech8k',
    ...levels,
    train: prompts.filter((_, i) => i !== 5 && i !== 7),
    test: [prompts[5], prompts[7]],
  };
}
