import { packSeries } from '../../models/data/series.ts';
import { launch } from '../browser.ts';
import { filesOf, type Package } from './fetch.ts';
import { at8k, quantised } from './resample.ts';

const samples: Package = {
  name: 'supersonic-scsynth-samples',
  version: '0.84.2',
  integrity:
    'sha512-XWq1FU3+LQWfnKgf9XGO7Z3SB9Q3H9aFW6ThTjWD0YsThKrJCjyMIO9rMbryXlEe9+UxyvB21SKmJJBXlSZjCw==',
};

const groups: Record<string, string> = {
  bd: '808 ada boom chip fat gas haus jazz klub mehackit pure sone tek zome zum',
  drum:
    'bass_hard bass_soft cowbell cymbal_closed cymbal_hard cymbal_open cymbal_pedal cymbal_soft ' +
    'heavy_kick roll snare_hard snare_soft splash_hard splash_soft tom_hi_hard tom_hi_soft ' +
    'tom_lo_hard tom_lo_soft tom_mid_hard tom_mid_soft',
  hat:
    'bdu cab cats gem gnu gump hier len mess metal noiz psych raw sci snap star tap yosh zan zap ' +
    'zild',
  sn: 'dolf dub generic zome',
};

/** The names of the samples taken, in the order of drums8k.bin. */
const drumNames = Object.entries(groups).flatMap(([group, names]) =>
  names.split(' ').map((name) => `${group}_${name}`),
);

/** Tails below this share of the peak are cut off. */
const QUIET = 0.003;
/** The longest recording, in samples: 1 s. */
const LONGEST = 8000;

/**
 * drums8k.bin: the first second of each drum as mono at 8 kHz in 256 μ-law levels. A headless browser
 * decodes the files.
 */
export async function makeDrums(): Promise<Uint8Array> {
  const files = filesOf(
    samples,
    drumNames.map((name) => `samples/${name}.flac`),
  );
  const browser = await launch({ adapter: 'software' });
  try {
    const page = await browser.newPage();
    const recordings: Uint8Array[] = [];
    for (const file of files) {
      const rate = rateOf(file);
      const mono = Float64Array.from(await page.evaluate(decode, file.toString('base64'), rate));
      recordings.push(quantised(trimmed(at8k(mono, rate))));
    }
    return packSeries(recordings);
  } finally {
    await browser.close();
  }
}

/** The sampling rate in a FLAC file's first block (RFC 9639, section 8.2). */
const rateOf = (file: Buffer) => file.readUIntBE(18, 3) >> 4;

function trimmed(samples: Float64Array): Float64Array {
  const peak = samples.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const end = samples.findLastIndex((v) => Math.abs(v) > QUIET * peak) + 1;
  return samples.subarray(0, Math.min(end, LONGEST));
}

/** In a page: the samples of a file at its own rate, the mean of its channels. */
async function decode(base64: string, rate: number): Promise<number[]> {
  const response = await fetch(`data:audio/flac;base64,${base64}`);
  const context = new OfflineAudioContext(1, 1, rate);
  const audio = await context.decodeAudioData(await response.arrayBuffer());
  const channels = Array.from({ length: audio.numberOfChannels }, (_, c) =>
    audio.getChannelData(c),
  );
  return Array.from(
    channels[0],
    (_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length,
  );
}
