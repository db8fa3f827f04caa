import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadDrums } from '../models/data/audio.ts';
import { EMOJI_CATEGORIES, loadEmoji } from '../models/data/emoji.ts';
import { muLawDecode, muLawEncode } from '../models/data/mulaw.ts';
import { packSeries, unpackSeries } from '../models/data/series.ts';
import { resample } from '../tools/data/resample.ts';
import { readWave } from '../tools/data/speech.ts';

const folder = mkdtempSync(join(tmpdir(), 'eightfold-data-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('resample', () => {
  const wave = Float64Array.from(
    { length: 50 },
    (_, i) => Math.sin(0.7 * i) + Math.cos(0.01 * i * i),
  );
  // scipy 1.17: resample_poly(wave, up, down)
  const golden: Record<string, number[]> = {
    '80/441': [
      0.99002652, 0.8980374, 0.43454818, -1.04325281, 0.30963723, 0.11896417, -0.20273472,
      0.18864685, -0.18844158, 0.31290773,
    ],
    '1/6': [
      0.86512139, 1.00233856, 0.05117557, -0.85738447, 0.56427529, -0.27323302, 0.15370352,
      -0.1310994, 0.18927521,
    ],
  };
  test.each(Object.keys(golden))('by %s as scipy does', (ratio) => {
    const [up, down] = ratio.split('/').map(Number);
    const result = resample(wave, up, down);
    expect(result.length).toBe(golden[ratio].length);
    golden[ratio].forEach((v, i) => {
      expect(Math.abs(result[i] - v)).toBeLessThan(1e-8); // the digits above
    });
  });

  test('a constant stays as it is, away from the ends', () => {
    const result = resample(new Float64Array(2000).fill(1), 80, 441);
    // Taps of each phase sum to one within the filter's ripple.
    for (const v of result.subarray(20, -20)) expect(Math.abs(v - 1)).toBeLessThan(0.01);
  });
});

describe('μ-law', () => {
  test('every level is the code of its own value', () => {
    for (let level = 0; level < 256; level++) expect(muLawEncode(muLawDecode(level))).toBe(level);
  });

  test('is odd, ends at ±1, and its error is at most half a step', () => {
    expect(muLawDecode(255)).toBeCloseTo(1, 12);
    for (let level = 0; level < 128; level++) {
      expect(muLawDecode(level)).toBeCloseTo(-muLawDecode(255 - level), 12);
    }
    for (let v = -1; v <= 1; v += 0.001) {
      const level = muLawEncode(v);
      const [below, above] = [Math.max(0, level - 1), Math.min(255, level + 1)].map(muLawDecode);
      expect(Math.abs(muLawDecode(level) - v)).toBeLessThan(above - below);
    }
  });
});

describe('series', () => {
  const parts = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(255)];
  test('come back as they went', () => {
    expect(unpackSeries(packSeries(parts), 'x', '')).toEqual(parts);
  });

  const file = packSeries(parts);
  test.each([
    ['empty', new Uint8Array(0)],
    ['cut short', file.subarray(0, -1)],
    ['longer', Uint8Array.of(...file, 0)],
    ['a page', new TextEncoder().encode('<!doctype html>')],
  ])('a file that is %s is refused', (_, bytes) => {
    expect(() => unpackSeries(bytes, 'drums', 'Fetch it.')).toThrow(
      /data: drums: expected recordings, got \d+ bytes of something else\. Fetch it\./,
    );
  });
});

test('drums: whole recordings for testing, loud and centred', async () => {
  const { train, test: held } = await loadDrums();
  expect([train.length, held.length]).toEqual([54, 6]);
  for (const drum of [...train, ...held]) {
    const samples = Array.from(drum, muLawDecode);
    const peak = Math.max(...samples.map(Math.abs));
    expect(drum.length).toBeLessThanOrEqual(8000);
    expect(Math.abs(peak - 0.9)).toBeLessThan(0.02); // a level's width there
  }
});

test('emoji: nine categories, white corners, colours', async () => {
  const { train, test: held, classes } = await loadEmoji();
  expect([train.count, held.count]).toEqual([1477, 164]);
  expect([...new Set(train.labels!)].sort()).toEqual(classes.map((_, i) => i));
  const smileys = train.labels!.filter((label) => label === 0).length;
  expect(EMOJI_CATEGORIES[0]).toBe('Smileys & Emotion');
  expect(smileys + held.labels!.filter((label) => label === 0).length).toBe(169);
  const corners = Array.from({ length: train.count }, (_, i) => train.values[768 * i]);
  expect(corners.filter((v) => v === 255).length / train.count).toBeGreaterThan(0.7);
  const coloured = train.values.filter((v, i) => i % 3 === 0 && v !== train.values[i + 2]);
  expect(coloured.length / (train.values.length / 3)).toBeGreaterThan(0.3);
});

describe('wave files', () => {
  function wave(channels: number, bits: number, values: number[]) {
    const file = Buffer.alloc(44 + 2 * values.length);
    file.write('RIFF', 0);
    file.write('WAVEfmt ', 8);
    file.writeUInt32LE(16, 16);
    file.writeUInt16LE(1, 20);
    file.writeUInt16LE(channels, 22);
    file.writeUInt32LE(48_000, 24);
    file.writeUInt16LE(bits, 34);
    file.write('data', 36);
    file.writeUInt32LE(2 * values.length, 40);
    for (const [i, v] of values.entries()) file.writeInt16LE(v, 44 + 2 * i);
    const path = join(folder, 'x.wav');
    writeFileSync(path, file);
    return path;
  }

  test('are read as the mean of their channels', () => {
    const { samples, rate } = readWave(wave(2, 16, [16384, 0, -32768, -32768]));
    expect([...samples]).toEqual([0.25, -1]);
    expect(rate).toBe(48_000);
  });

  test('of 8 bits are refused', () => {
    expect(() => readWave(wave(1, 8, []))).toThrow(/expected 16-bit PCM, got coding 1, 8 bits/);
  });
});
