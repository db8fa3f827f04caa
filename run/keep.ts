import { encode } from 'fast-png';
import { muLawDecode } from '../models/data/mulaw.ts';
import { writeDurably } from './folder.ts';
import type { Shown } from './jobs.ts';

/** Samples as a file's name ending and content: PNG, text of a line each, or WAV. */
export function fileOf(shown: Shown): { ending: string; content: Uint8Array | string } {
  if (shown.kind === 'text') return { ending: 'txt', content: `${shown.lines.join('\n')}\n` };
  if (shown.kind === 'audio') {
    const parts = shown.recordings.map((levels) => Buffer.from(levels, 'base64'));
    return { ending: 'wav', content: waveOf(parts, shown.rate) };
  }
  const { width, height, channels, pixels } = shown;
  const data = Buffer.from(pixels, 'base64');
  return { ending: 'png', content: encode({ width, height, channels, data }) };
}

/** Writes samples to `path`, given without its ending; the whole path. */
export function keepShown(path: string, shown: Shown): string {
  const { ending, content } = fileOf(shown);
  writeDurably(`${path}.${ending}`, content);
  return `${path}.${ending}`;
}

/** What is in samples, in words. */
export function describeShown(shown: Shown): string {
  if (shown.kind === 'text') return `${shown.lines.length} texts`;
  if (shown.kind === 'audio') return `${shown.recordings.length} recordings, ${shown.rate} Hz`;
  return `${shown.width}×${shown.height}`;
}

/** Recordings of μ-law levels as one WAV file of 16-bit PCM, mono, with a quarter of a second between. */
function waveOf(recordings: readonly Uint8Array[], rate: number): Uint8Array {
  const pause = Math.round(rate / 4);
  const lengths = recordings.map((levels) => levels.length + pause);
  const file = Buffer.alloc(44 + 2 * lengths.reduce((a, b) => a + b, 0));
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16); // size of what follows up to the samples
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // channels
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28); // bytes a second
  file.writeUInt16LE(2, 32); // bytes of a sample
  file.writeUInt16LE(16, 34); // bits
  file.write('data', 36);
  file.writeUInt32LE(file.length - 44, 40);
  let at = 44;
  recordings.forEach((levels, i) => {
    levels.forEach((level, t) => {
      file.writeInt16LE(Math.round(32767 * muLawDecode(level)), at + 2 * t);
    });
    at += 2 * lengths[i];
  });
  return file;
}
