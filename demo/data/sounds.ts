import { muLawEncode } from '../../models/data/mulaw.ts';
import type { SeriesSet } from '../../models/data/sets.ts';
import type { OwnForm } from './forms.ts';
import type { Progress, Read } from './read.ts';

/** Sounds in the rate of a form, mono, each as loud as can be, in μ-law levels. Throws, naming the file. */
export async function readSounds(
  files: readonly File[],
  own: OwnForm,
  progress: Progress,
): Promise<Read> {
  const form = own.form as SeriesSet['form'] & { kind: 'audio' };
  const context = new OfflineAudioContext(1, 1, form.rate); // decoding resamples to its rate
  const recordings: Uint8Array[] = [];
  for (const [i, file] of files.entries()) {
    progress(`Reading sound ${i + 1} of ${files.length}`, i / files.length);
    recordings.push(await levelsOf(await decoded(context, file)));
  }
  const test = recordings.filter((_, i) => i % 10 === 9);
  const set: SeriesSet = {
    name: 'own',
    form,
    white: own.white,
    length: own.shape[0],
    train: recordings.filter((_, i) => i % 10 !== 9),
    test: test.length ? test : recordings,
  };
  return { set, remark: 'Mono, 8 kHz, 256 levels by the μ-law.' };
}

async function decoded(context: OfflineAudioContext, file: File): Promise<AudioBuffer> {
  try {
    return await context.decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error(
      `${file.name}: expected a sound, got something that this browser cannot decode. ` +
        'Choose WAV files of PCM.',
    );
  }
}

/** Samples that are encoded at once: the page is drawn in between. */
const CHUNK = 100_000;

async function levelsOf(buffer: AudioBuffer): Promise<Uint8Array> {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) =>
    buffer.getChannelData(c),
  );
  const mono = new Float32Array(buffer.length);
  let peak = 0;
  for (let t = 0; t < mono.length; t++) {
    for (const channel of channels) mono[t] += channel[t] / channels.length;
    peak = Math.max(peak, Math.abs(mono[t]));
  }
  const levels = new Uint8Array(mono.length);
  for (let from = 0; from < mono.length; from += CHUNK) {
    const part = mono.subarray(from, from + CHUNK);
    levels.set(
      Uint8Array.from(part, (sample) => muLawEncode(sample / (peak || 1))),
      from,
    );
    await new Promise((done) => setTimeout(done));
  }
  return levels;
}
