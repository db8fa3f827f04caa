import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Notes, unseal } from '../engine/io/sealed.ts';
import type { ModelName } from '../models/catalog.ts';
import type { Change } from './changes.ts';
import { UsageError } from './command.ts';

/** What a run was started with; config.json holds it. */
export interface RunConfig {
  model: ModelName;
  data: string;
  seed: number;
  settings: Record<string, number | string>;
  /** Settings that were changed while it went on, in the order of steps. */
  changes?: readonly Change[];
}

/** One line of metrics.jsonl: the step and its losses, or the test metrics at the end. */
export interface MetricsLine {
  step: number;
  [name: string]: number | string;
}

/** A checkpoint that was read back whole. */
export interface Saved {
  bytes: Uint8Array;
  notes: Notes;
}

const CONFIG = 'config.json';
const METRICS = 'metrics.jsonl';
const CHECKPOINT = 'checkpoint.safetensors';
const PREVIOUS = 'checkpoint.previous.safetensors';

/** The configuration of the run in a folder, null when there is no run. Throws when it is broken. */
export function readConfig(folder: string): RunConfig | null {
  const path = join(folder, CONFIG);
  try {
    const text = textOf(path);
    return text === null ? null : (JSON.parse(text) as RunConfig);
  } catch {
    throw new UsageError(`${path}: expected JSON. Give another --out, or remove the folder.`);
  }
}

/** Whether training in a folder has got as far as leaving something. */
export function holdsRun(folder: string): boolean {
  return [METRICS, CHECKPOINT, PREVIOUS].some((name) => existsSync(join(folder, name)));
}

/** Makes the folder of a new run. Throws when it cannot be made. */
export function createRun(folder: string, config: RunConfig): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder}: ${(error as Error).message}. Give a folder.`);
  }
  for (const name of [METRICS, CHECKPOINT, PREVIOUS]) rmSync(join(folder, name), { force: true });
  writeDurably(join(folder, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * The newest checkpoint that is whole: the last one, or the one before when a crash damaged it.
 * Null when none was written. Throws when there are only damaged ones.
 */
export function readCheckpoint(folder: string, warn: (text: string) => void): Saved | null {
  let failure: Error | null = null;
  for (const name of [CHECKPOINT, PREVIOUS]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    try {
      const bytes = readFileSync(path);
      return { bytes, notes: unseal(bytes).notes };
    } catch (error) {
      failure = error as Error;
      warn(`${path}: ${failure.message}`);
    }
  }
  if (failure) throw failure;
  return null;
}

/** Replaces the checkpoint so that a crash at any moment leaves a whole one; keeps the last but one. */
export function writeCheckpoint(folder: string, bytes: Uint8Array): void {
  const path = join(folder, CHECKPOINT);
  const fresh = `${path}.tmp`;
  writeDurably(fresh, bytes);
  if (existsSync(path)) renameSync(path, join(folder, PREVIOUS));
  renameSync(fresh, path);
  syncFolder(folder);
}

/** Appends lines to metrics.jsonl and waits until they are on disk. */
export function appendMetrics(folder: string, lines: MetricsLine[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  withFile(join(folder, METRICS), 'a', (file) => writeSync(file, text));
}

/** Drops what metrics.jsonl says beyond a step: a resumed run says it again. */
export function rewindMetrics(folder: string, step: number): void {
  const kept = readMetrics(folder).filter((line) => line.step <= step);
  const text = kept.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeDurably(join(folder, METRICS), text);
}

/** The lines of metrics.jsonl; one that a crash cut short is left out. */
export function readMetrics(folder: string): MetricsLine[] {
  return (textOf(join(folder, METRICS)) ?? '').split('\n').flatMap(parseLine);
}

/** What a file says; null without one, even if it has gone since one looked. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseLine(line: string): MetricsLine[] {
  try {
    const parsed = JSON.parse(line);
    return typeof parsed?.step === 'number' ? [parsed] : [];
  } catch {
    return [];
  }
}

/**
 * Writes a whole file through a temporary one, so that it is never seen half written, not even where two
 * processes write it at once.
 */
export function writeDurably(path: string, content: string | Uint8Array): void {
  const fresh = `${path}.${process.pid}.part`;
  withFile(fresh, 'w', (file) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  });
  renameSync(fresh, path);
}

function withFile(path: string, flags: string, write: (file: number) => void): void {
  const file = openSync(path, flags);
  try {
    write(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  withFile(folder, 'r', () => {});
}
