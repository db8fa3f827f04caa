import { encode } from 'fast-png';
import { muLawDecode } from '../models/data/mulaw.ts';
import { inTurn, waveFile } from '../models/data/wav.ts';
import { writeDurably } from './folder.ts';
import type { Shown } from './jobs.ts';

/** Samples as a file's name ending and content: PNG, text of a line each, or WAV. */
export function fileOf(shown: Shown): { ending: string; content: Uint8Array | string } {
  if (shown.kind === 'text') return { ending: 'txt', content: `${shown.lines.join('\n')}\n` };
  if (shown.kind === 'audio') {
    const parts = shown.recordings.map((levels) =>
      Float32Array.from(Buffer.from(levels, 'base64'), muLawDecode),
    );
    return { ending: 'wav', content: waveFile(inTurn(parts, shown.rate), shown.rate) };
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
