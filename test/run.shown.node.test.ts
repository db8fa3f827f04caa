import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { muLawDecode } from '../models/data/mulaw.ts';
import { describeShown, fileOf } from '../run/keep.ts';
import { gridPicture } from '../run/picture.ts';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe('a grid of images', () => {
  test.each([1, 3] as const)('of %d channels: each pixel where it belongs', (channels) => {
    const form = { kind: 'images', height: 28, width: 28, channels } as const;
    const images = new Float32Array(2 * 28 * 28 * channels);
    images.fill(1, 28 * 28 * channels); // the second is white
    images[(3 * 28 + 5) * channels] = 0.5; // red, or grey
    const { width, height, pixels } = gridPicture(images, form);
    expect([width, height]).toEqual([59, 30]);
    const at = (x: number, y: number) => [
      ...pixels.subarray((y * width + x) * channels, (y * width + x + 1) * channels),
    ];
    expect(at(1 + 5, 1 + 3)).toEqual([128, 0, 0].slice(0, channels));
    expect(at(1 + 6, 1 + 3)).toEqual([0, 0, 0].slice(0, channels));
    expect(at(30, 1)).toEqual([255, 255, 255].slice(0, channels));
    expect(at(29, 1)).toEqual([64, 64, 64].slice(0, channels));

    const shown = { kind: 'picture', width, height, channels, pixels: base64(pixels) } as const;
    const { ending, content } = fileOf(shown);
    expect([ending, describeShown(shown)]).toEqual(['png', '59×30']);
    const png = decode(content as Uint8Array);
    expect([png.channels, [...png.data]]).toEqual([channels, [...pixels]]);
  });
});

test('texts become lines', () => {
  const shown = { kind: 'text' as const, lines: ['call me', '', 'ishmael'] };
  expect(fileOf(shown)).toEqual({ ending: 'txt', content: 'call me\n\nishmael\n' });
  expect(describeShown(shown)).toBe('3 texts');
});

test('recordings become one WAV file with pauses', () => {
  const recordings = [Uint8Array.of(0, 127, 128, 255), Uint8Array.of(200)];
  const shown = { kind: 'audio' as const, rate: 8, recordings: recordings.map(base64) };
  const { ending, content } = fileOf(shown);
  const file = Buffer.from(content as Uint8Array);
  expect([ending, describeShown(shown)]).toEqual(['wav', '2 recordings, 8 Hz']);
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
  expect([file.readUInt32LE(4), file.readUInt32LE(40)]).toEqual([
    file.length - 8,
    file.length - 44,
  ]);
  expect([file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual([8, 16]);
  const samples = Array.from({ length: (file.length - 44) / 2 }, (_, i) =>
    file.readInt16LE(44 + 2 * i),
  );
  const value = (level: number) => Math.round(32767 * muLawDecode(level));
  const [low, high] = [value(127), value(128)];
  expect(samples).toEqual([-32767, low, high, 32767, 0, 0, value(200), 0, 0]);
});
