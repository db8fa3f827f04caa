import { describe, expect, test } from 'vitest';
import { defaultAddress, formatAddress, parseAddress } from '../demo/address.ts';
import { emptyCurve, extend } from '../demo/curve.ts';
import { formsOf, ownForms, unfitText } from '../demo/data/forms.ts';
import { idxImages, isIdx, readIdx } from '../demo/data/idx.ts';
import { splitOf } from '../demo/data/split.ts';
import { pointSet, textSet, wordSet } from '../demo/data/texts.ts';
import {
  packRecording,
  type Recording,
  readRecording,
  readWeights,
} from '../demo/shipped/format.ts';
import type { KeptRun } from '../demo/store/database.ts';
import { exportCheckpoint, importCheckpoint, lossesCsv, lossesJson } from '../demo/store/files.ts';
import { seal, unseal } from '../engine/io/sealed.ts';
import { textOf } from '../models/data/form.ts';
import { nameParts, ownName } from '../models/data/own.ts';
import { inTurn, waveFile } from '../models/data/wav.ts';
import { settle } from '../models/catalog.ts';

const formOf = (like: string) => ownForms.find((own) => own.like.includes(like))!;
const silent = () => {};

const run = parseAddress('#v1/vae/digits8?seed=3&hidden=32');
const data = Float32Array.of(1, -2.5, 3e-5, 70_000);
const weights = new Map([['variables.w', { dtype: 'F32' as const, shape: [4], data }]]);
const optimiser = { dtype: 'F32' as const, shape: [4], data: Float32Array.of(9, 9, 9, 9) };
const file = seal(new Map([...weights, ['optimisers.adam.m', optimiser]]), {
  step: 2,
  cursor: null,
});
const losses = [Float32Array.of(4, 0.1), Float32Array.of(Number.NaN, 7)];
const kept: KeptRun = {
  ...{ id: 'a', address: formatAddress(run), run, origin: 'trained', adapter: 'test' },
  ...{ step: 2, names: ['loss', 'kl'], last: [1, 7], bytes: 9, changed: 0, samples: null },
};

describe('own data in addresses', () => {
  test('take the settings of the set whose form they have', () => {
    const name = ownName('mnist', '0123abcd');
    expect(nameParts(name)).toEqual({ like: 'mnist', hash: '0123abcd' });
    expect(settle('vae', name)).toEqual(settle('vae', 'mnist'));
    const own = parseAddress(defaultAddress('vae', name));
    expect(own).toMatchObject({ model: 'vae', data: name });
    expect(parseAddress(formatAddress(own))).toEqual(own);
    expect(() => settle('vae', ownName('two_moons', 'ab'))).toThrow(/unknown 'two_moons'/);
  });

  test('can have the forms that a model takes, like the set that is open', () => {
    const likes = (model: string, open: string) => formsOf(model, open).map(({ like }) => like);
    expect(likes('vae', 'fashion~12')).toEqual(['digits8', 'fashion', 'emoji16']);
    expect(likes('realnvp', 'checkerboard')[0]).toBe('checkerboard');
    expect(likes('gru', 'names')).toEqual(['names', 'text27']);
    const text = new File(['a'], 'a.txt', { type: 'text/plain' });
    expect(unfitText('gru', text)).toBe('');
    expect(unfitText('vae', text)).toMatch(/a\.txt: Variational autoencoder takes no such data/);
  });
});

describe('files of own data', () => {
  const idx = (shape: number[], values: number[]) => {
    const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
    bytes.set([0, 0, 8, shape.length]);
    for (const [i, extent] of shape.entries()) {
      new DataView(bytes.buffer).setUint32(4 + 4 * i, extent);
    }
    bytes.set(values, 4 + 4 * shape.length);
    return bytes;
  };

  test('IDX images are read and shrunk by their mean', () => {
    const checks = Array.from({ length: 16 * 16 }, (_, i) => (((i % 2) + (i >> 4)) % 2) * 255);
    const array = readIdx(idx([1, 16, 16], checks), 'checks');
    expect(idxImages(array, formOf('digits8'), 'checks', silent).values).toEqual(
      new Uint8Array(64).fill(128),
    );
    const same = Array.from({ length: 28 * 28 }, (_, i) => i % 251);
    const mnist = idxImages(
      readIdx(idx([1, 28, 28], same), 'same'),
      formOf('mnist'),
      'same',
      silent,
    );
    expect([...mnist.values]).toEqual(same);
  });

  test.each([
    [
      'cut short',
      idx([2, 8, 8], [1, 2, 3]),
      /cut\.idx: expected an IDX file of \[2,8,8\] bytes, 144 in all, got 19/,
    ],
    ['labels alone', idx([3], [1, 2, 3]), /expected images \[n, height, width\].*got \[3\]/],
  ])('IDX files are refused: %s', (_, bytes, message) => {
    expect(isIdx(bytes)).toBe(true);
    const read = () => idxImages(readIdx(bytes, 'cut.idx'), formOf('digits8'), 'cut.idx', silent);
    expect(read).toThrow(message);
  });

  test('texts become the letters of the alphabet', () => {
    const form = formOf('text27');
    const { train, test } = textSet('Crème—brûlée, 2 Bananen!\n Straße', form);
    expect(textOf(form.form as never, train[0])).toBe('creme brulee bananen strasse');
    expect(test).toEqual(train); // too short to be split
    expect(() => textSet('123', form)).toThrow(/expected a text with letters/);
    const long = textSet('ab '.repeat(1000), form);
    expect([long.train[0].length, long.test[0].length]).toEqual([2699, 300]);
  });

  test('words become rows, too long ones are left out', () => {
    const { set, left } = wordSet('Zoë\nextraordinarily\nAnn, Bo', formOf('names'));
    expect([set.train.count, left]).toEqual([3, 1]);
    expect(textOf(set.form as never, set.train.values.subarray(0, 12))).toBe('zoe');
  });

  test('points fill the square', () => {
    const { centres, spread } = pointSet('x,y\n10,100\n20,100\n15;101', formOf('two_moons'));
    expect(spread).toBe(0);
    [-2.55, -0.255, 2.55, -0.255, 0, 0.255].forEach((v, i) => {
      expect(centres[i]).toBeCloseTo(v, 5);
    });
    expect(() => pointSet('no numbers', formOf('two_moons'))).toThrow(/two numbers a line/);
  });

  test('few rows are for training and for testing, many are split', () => {
    const rows = (count: number) => ({ count, values: new Uint8Array(64 * count), labels: null });
    expect(splitOf(rows(3), formOf('digits8'))).toMatchObject({
      train: { count: 3 },
      test: { count: 3 },
      classes: ['own'],
    });
    expect(splitOf(rows(50), formOf('digits8'))).toMatchObject({
      train: { count: 45 },
      test: { count: 5 },
    });
    const labelled = { ...rows(3), labels: Uint8Array.of(2, 0, 1) };
    expect(splitOf(labelled, formOf('digits8')).classes).toEqual(['0', '1', '2']);
    const ones = new Uint8Array(240_000).fill(1); // as many rows as EMNIST's digits
    const many = { count: ones.length, values: ones, labels: ones };
    expect(splitOf(many, formOf('digits8')).classes).toEqual(['0', '1']);
  });
});

describe('checkpoints', () => {
  test('tell their run and losses, and stay what the commands read', () => {
    const exported = exportCheckpoint(kept, { file, losses });
    expect(unseal(exported)).toEqual(unseal(file));
    const { run: again, from } = importCheckpoint(exported, parseAddress(''));
    expect(again).toEqual(run);
    expect(from).toEqual({
      kind: 'file',
      file: exported,
      losses: { loss: losses[0], kl: losses[1] },
    });
  });

  test('of the commands are taken for the run that is open', () => {
    expect(importCheckpoint(file, run)).toEqual({ run, from: { kind: 'file', file, losses: {} } });
  });

  test.each([
    ['no file of tensors', new TextEncoder().encode('hello, world'), /not a safetensors file/],
    ['a file cut short', file.subarray(0, file.length - 5), /cut short|malformed/],
    [
      'a run of no model',
      told({ run: { ...run, model: 'boltzmann' }, losses: {} }),
      /unknown 'boltzmann'/,
    ],
    [
      'settings out of range',
      told({ run: { ...run, settings: { latent: 0.5 } }, losses: {} }),
      /latent: expected a whole number/,
    ],
    ['a run that is none', told({ run: 7 }), /does not tell its model/],
  ])('are refused: %s', (_, bytes, message) => {
    expect(() => importCheckpoint(new Uint8Array(bytes), run)).toThrow(message);
  });

  function told(notes: unknown): Uint8Array {
    const exported = exportCheckpoint(
      { ...kept, names: [] },
      { file, losses: [new Float32Array()] },
    );
    const text = new TextDecoder('latin1').decode(exported);
    const inner = /"eightfold run":"((?:[^"\\]|\\.)*)"/.exec(text)![1];
    const next = JSON.stringify(JSON.stringify(notes)).slice(1, -1).padEnd(inner.length, ' ');
    return Uint8Array.from(
      text.replace(inner, () => next),
      (letter) => letter.charCodeAt(0),
    );
  }
});

test('losses are exported as tables', () => {
  expect(lossesCsv(kept, { file, losses })).toBe(`step,loss,kl\n1,4,\n2,${Math.fround(0.1)},7\n`);
  const json = JSON.parse(lossesJson(kept, { file, losses }));
  expect(json).toMatchObject({
    model: 'vae',
    step: 2,
    losses: { loss: [4, Math.fround(0.1)], kl: [null, 7] },
  });
});

test('a moving average goes on after losses that are not known', () => {
  const curve = emptyCurve(['loss']);
  extend(curve, 0, [[Number.NaN], [Number.NaN], [2], [2], [2]]);
  expect(curve.smooth[0].slice(2).every((v) => Math.abs(v - 2) < 0.2)).toBe(true);
});

test('recordings come back from their files, weights as half floats', () => {
  const recording: Recording = {
    ...{ address: kept.address, adapter: 'test', step: 2, parameters: 4, count: 1 },
    form: { kind: 'images', height: 1, width: 2, channels: 1 },
    examples: Float32Array.of(0, 1),
    film: [{ step: 0, values: Float32Array.of(0.2, 0.4) }],
    losses: { loss: losses[0] },
  };
  const packed = packRecording(recording, file, 8);
  expect(readRecording(packed)).toEqual({
    ...recording,
    film: [{ step: 0, values: Float32Array.of(51 / 255, 102 / 255) }],
  });
  const { data: halves } = readWeights(packed).get('variables.w')!;
  expect([...halves].map(Number)).toEqual([1, -2.5, expect.closeTo(3e-5, 7), Infinity]);
  expect(readWeights(packed).size).toBe(1); // no optimiser
  expect(readWeights(packRecording(recording, file, 7)).size).toBe(0);
});

test('recordings of sound are a WAV file', () => {
  const wav = waveFile(inTurn([[0, 1], [-1]], 8), 8);
  const view = new DataView(wav.buffer);
  expect(new TextDecoder().decode(wav.subarray(0, 4))).toBe('RIFF');
  expect([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(40, true)]).toEqual([
    50, 8, 14,
  ]);
  expect([0, 1, 2, 3, 4].map((i) => view.getInt16(44 + 2 * i, true))).toEqual([
    0, 32767, 0, 0, -32767,
  ]);
});
