import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packSeries } from '../../models/data/series.ts';
import { unpackDebian } from './debian.ts';
import { at8k, quantised } from './resample.ts';

const PROMPTS = [
  'Front_Center',
  'Front_Left',
  'Rear_Center',
  'Rear_Right',
  'Side_Left',
  'Front_Right',
  'Rear_Left',
  'Side_Right',
];

/**
 * speech8k.bin: eight spoken prompts of ALSA at 8 kHz in 256 μ-law levels, from a folder of its WAV
 * files, or from Debian's package.
 */
export function makeSpeech(from?: string): Uint8Array {
  const folder = from ?? join(unpackDebian('alsa-utils', OTHERWISE), 'usr/share/sounds/alsa');
  const waves = PROMPTS.map((name) => readWave(join(folder, `${name}.wav`)));
  return packSeries(waves.map(({ samples, rate }) => quantised(at8k(samples, rate))));
}

const OTHERWISE = 'Give a folder that holds Front_Center.wav and the others as --from.';

/** The samples of a PCM WAV file of 16 bits, -1..1, the mean of its channels. */
export function readWave(path: string): { samples: Float64Array; rate: number } {
  const file = readFileSync(path);
  const chunk = (name: string) => {
    for (let at = 12; at + 8 <= file.length; at += 8 + file.readUInt32LE(at + 4)) {
      if (file.toString('latin1', at, at + 4) !== name) continue;
      return file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4));
    }
    throw new Error(`${path}: expected a WAV file with a chunk '${name}', got none. Give another.`);
  };
  const format = chunk('fmt ');
  const [coding, channels, bits] = [0, 2, 14].map((at) => format.readUInt16LE(at));
  if (coding !== 1 || bits !== 16) {
    throw new Error(
      `${path}: expected 16-bit PCM, got coding ${coding}, ${bits} bits. Convert it.`,
    );
  }
  const data = chunk('data');
  const samples = Float64Array.from({ length: data.length / 2 / channels }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data.readInt16LE(2 * (i * channels + c)) / 32768;
    return sum / channels;
  });
  return { samples, rate: format.readUInt32LE(4) };
}
