import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seal } from '../engine/io/sealed.ts';
import {
  appendMetrics,
  createRun,
  type RunConfig,
  readCheckpoint,
  readConfig,
  readMetrics,
  rewindMetrics,
  writeCheckpoint,
} from '../run/folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eightfold-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config: RunConfig = { model: 'vae', data: 'digits8', seed: 3, settings: { steps: 10 } };
const checkpoint = (step: number) => seal(new Map(), { step });
const silent = () => {};

test('config comes back; a folder without one is no run', () => {
  const path = join(folder, 'a', 'b');
  expect(readConfig(path)).toBeNull();
  createRun(path, config);
  expect(readConfig(path)).toEqual(config);
});

test('a broken config and a folder that cannot be made are usage errors', () => {
  writeFileSync(join(folder, 'config.json'), '{');
  expect(() => readConfig(folder)).toThrow(/config\.json: expected JSON\. Give another --out/);
  expect(() => createRun(join(folder, 'config.json', 'x'), config)).toThrow(
    /--out .*Give a folder/,
  );
});

describe('checkpoints', () => {
  test('the last one is read, the one before is kept', () => {
    expect(readCheckpoint(folder, silent)).toBeNull();
    for (const step of [1, 2, 3]) writeCheckpoint(folder, checkpoint(step));
    expect(readCheckpoint(folder, silent)?.notes).toEqual({ step: 3 });
    const previous = readFileSync(join(folder, 'checkpoint.previous.safetensors'));
    expect(new Uint8Array(previous)).toEqual(checkpoint(2));
    expect(existsSync(join(folder, 'checkpoint.safetensors.tmp'))).toBe(false);
  });

  test.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['empty', () => new Uint8Array(0)],
    ['zeros', (bytes: Uint8Array) => new Uint8Array(bytes.length)],
  ])('one that is %s gives way to the one before, with a warning', (_, damage) => {
    writeCheckpoint(folder, checkpoint(1));
    writeCheckpoint(folder, checkpoint(2));
    writeFileSync(join(folder, 'checkpoint.safetensors'), damage(checkpoint(2)));
    const warnings: string[] = [];
    expect(readCheckpoint(folder, (text) => warnings.push(text))?.notes).toEqual({ step: 1 });
    expect(warnings[0]).toMatch(/checkpoint\.safetensors: safetensors: /);
  });

  test('a crash between the two renames leaves the one before', () => {
    writeCheckpoint(folder, checkpoint(1));
    writeCheckpoint(folder, checkpoint(2));
    rmSync(join(folder, 'checkpoint.safetensors'));
    expect(readCheckpoint(folder, silent)?.notes).toEqual({ step: 1 });
  });

  test('only damaged ones: the error says so', () => {
    writeFileSync(join(folder, 'checkpoint.safetensors'), 'x');
    expect(() => readCheckpoint(folder, silent)).toThrow(/expected at least 8/);
  });
});

test('metrics: a torn line is left out, and rewinding drops what comes after a step', () => {
  appendMetrics(folder, [
    { step: 1, loss: 0.1 + 0.2 },
    { step: 2, loss: 5 },
    { step: 3, loss: 4 },
  ]);
  writeFileSync(join(folder, 'metrics.jsonl'), '{"step":4,"lo', { flag: 'a' });
  expect(readMetrics(folder).map((line) => line.step)).toEqual([1, 2, 3]);
  rewindMetrics(folder, 2);
  expect(readMetrics(folder)).toEqual([
    { step: 1, loss: 0.1 + 0.2 },
    { step: 2, loss: 5 },
  ]);
});

test('a new run removes what an old one left', () => {
  writeCheckpoint(folder, checkpoint(1));
  appendMetrics(folder, [{ step: 1 }]);
  createRun(folder, config);
  expect(readCheckpoint(folder, silent)).toBeNull();
  expect(readMetrics(folder)).toEqual([]);
});
