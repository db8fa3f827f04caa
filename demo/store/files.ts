import { readSafetensors, writeSafetensors } from '../../engine/io/safetensors.ts';
import { textOf } from '../../models/data/form.ts';
import { muLawDecode } from '../../models/data/mulaw.ts';
import { inTurn, waveFile } from '../../models/data/wav.ts';
import { toBase64 } from '../../run/bytes.ts';
import type { RunConfig } from '../../run/folder.ts';
import { formatAddress, infoOf, parseAddress } from '../address.ts';
import type { From } from '../protocol.ts';
import type { KeptRun, KeptSamples, KeptState } from './database.ts';

/** Losses that a checkpoint carries are left out where they are more than so many numbers. */
const MOST_LOSSES = 1e6;

/** What a checkpoint that was exported says beside its tensors. */
interface Told {
  run: RunConfig;
  adapter: string;
  /** By name, of the steps 1, 2, ...; as base64 of little-endian f32. */
  losses: Record<string, string>;
}

/**
 * A checkpoint with its run and losses in the metadata. Commands read it as well, as the
 * `checkpoint.safetensors` of a run's folder.
 */
export function exportCheckpoint(
  { run, adapter, names }: KeptRun,
  { file, losses }: KeptState,
): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(file);
  const few = names.length * losses[0].length <= MOST_LOSSES;
  const columns = few
    ? names.map((name, i) => [name, toBase64(new Uint8Array(losses[i].buffer))])
    : [];
  const told: Told = { run, adapter, losses: Object.fromEntries(columns) };
  return writeSafetensors(tensors, [...metadata, ['eightfold run', JSON.stringify(told)]]);
}

/**
 * What to open for a checkpoint of this page, or of the commands; those do not tell their run, so they
 * are taken for one of `open`. Throws, saying what is wrong, for another file.
 */
export function importCheckpoint(
  file: Uint8Array<ArrayBuffer>,
  open: RunConfig,
): { run: RunConfig; from: From } {
  const { metadata } = readSafetensors(file);
  const told = metadata.get('eightfold run');
  if (!told) return { run: open, from: { kind: 'file', file, losses: {} } };
  const { run, losses }: Told = parsed(told);
  const columns = Object.entries(losses).map(([name, text]) => [name, fromBase64(text)]);
  return {
    run: parseAddress(formatAddress(run)), // checks every name and value
    from: { kind: 'file', file, losses: Object.fromEntries(columns) },
  };
}

function parsed(text: string): Told {
  const told = JSON.parse(text) as Partial<Told> | null;
  if (typeof told?.run?.model === 'string' && told.run.settings && told.losses) return told as Told;
  throw new Error('checkpoint: it does not tell its model and settings. Export it again.');
}

/** Losses as a table of comma separated values, a row for each step. */
export function lossesCsv({ names }: KeptRun, { losses }: KeptState): string {
  const rows = Array.from(losses[0], (_, k) => [
    k + 1,
    ...losses.map((column) => numberText(column[k])),
  ]);
  return [['step', ...names], ...rows].map((row) => `${row.join(',')}\n`).join('');
}

/** A run with its losses as JSON. */
export function lossesJson(
  { run, address, adapter, step, names }: KeptRun,
  { losses }: KeptState,
): string {
  const units = infoOf(run.model)?.losses;
  const columns = names.map((name, i) => [name, Array.from(losses[i], Number)]);
  return JSON.stringify({
    ...run,
    address,
    adapter,
    step,
    units,
    losses: Object.fromEntries(columns),
  });
}

const numberText = (value: number) => (Number.isNaN(value) ? '' : String(value));

/** A file to be saved: the ending of its name, its type, and what is in it. */
export type Exported = [ending: string, type: string, content: BlobPart];

/** Samples that are no picture as a file: texts, a line each, or recordings. */
export function samplesFile({ form, count, values }: KeptSamples): Exported {
  const size = values.length / count;
  const each = Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
  if (form.kind === 'tokens') {
    return ['txt', 'text/plain', each.map((one) => `${textOf(form, one)}\n`).join('')];
  }
  if (form.kind !== 'audio') throw new Error(`internal: samples of ${form.kind} are a picture.`);
  const waves = each.map((one) => Float32Array.from(one, muLawDecode));
  return ['wav', 'audio/wav', waveFile(inTurn(waves, form.rate), form.rate)];
}

function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
