import { fromHalf, toHalf } from '../../engine/half.ts';
import { unseal } from '../../engine/io/sealed.ts';
import {
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
  writeSafetensors,
} from '../../engine/io/safetensors.ts';
import type { Form } from '../../models/data/form.ts';
import type { Values } from '../protocol.ts';

/** A run that comes with the page: what it looked like while it trained, and its weights. */
export interface Recording {
  address: string;
  /** On which it was trained. */
  adapter: string;
  step: number;
  parameters: number;
  form: Form;
  /** Samples of a frame, and examples. */
  count: number;
  examples: Values;
  /** Samples after some steps, oldest first. */
  film: { step: number; values: Values }[];
  /** Of every step, by name. */
  losses: Record<string, Float32Array>;
}

const NOTES = 'recording';

/**
 * A recording and the last checkpoint of its run as one small file: weights as f16, unless they are more
 * than `most` bytes, and no optimiser.
 */
export function packRecording(
  recording: Recording,
  checkpoint: Uint8Array,
  most: number,
): Uint8Array<ArrayBuffer> {
  const { form, film, examples, losses, ...rest } = recording;
  const notes = { ...rest, form, steps: film.map(({ step }) => step), names: Object.keys(losses) };
  const tensors: [string, StoredTensor][] = [
    ['examples', packed(examples, form)],
    ...film.map(({ values }, i): [string, StoredTensor] => [`film.${i}`, packed(values, form)]),
    ...Object.values(losses).map((data, i): [string, StoredTensor] => [
      `losses.${i}`,
      { dtype: 'F32', shape: [data.length], data },
    ]),
  ];
  const weights = [...unseal(checkpoint).tensors]
    .filter(([name]) => name.startsWith('variables.'))
    .map(([name, stored]): [string, StoredTensor] => [name, halved(stored)]);
  const bytes = weights.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  if (bytes <= most) tensors.push(...weights);
  return writeSafetensors(tensors, [[NOTES, JSON.stringify(notes)]]);
}

/** The recording of a file of `packRecording`. Throws SafetensorsError for another. */
export function readRecording(file: Uint8Array): Recording {
  const { tensors, metadata } = readSafetensors(file);
  const notes = metadata.get(NOTES);
  if (!notes) throw new SafetensorsError('not-a-recording', 'recording: expected its notes.');
  const { steps, names, ...rest } = JSON.parse(notes);
  const values = (name: string) => unpacked(tensors.get(name) as StoredTensor, rest.form);
  return {
    ...rest,
    examples: values('examples'),
    film: steps.map((step: number, i: number) => ({ step, values: values(`film.${i}`) })),
    losses: Object.fromEntries(
      names.map((name: string, i: number) => [name, tensors.get(`losses.${i}`)?.data]),
    ),
  };
}

/** The weights of a file of `packRecording`, by the names they have in a checkpoint. */
export function readWeights(file: Uint8Array): Map<string, StoredTensor> {
  const { tensors } = readSafetensors(file);
  const weights = [...tensors].filter(([name]) => name.startsWith('variables.'));
  return new Map(weights.map(([name, stored]) => [name, unhalved(stored)]));
}

/** Pixels and symbols as bytes, points as half floats. */
function packed(values: Values, { kind }: Form): StoredTensor {
  const shape = [values.length];
  if (kind === 'points') return { dtype: 'F16', shape, data: toHalf(values) };
  const scale = kind === 'images' ? 255 : 1;
  const clamped = Uint8ClampedArray.from(values, (value) => scale * value); // rounds
  return { dtype: 'U8', shape, data: new Uint8Array(clamped.buffer) };
}

function unpacked({ data }: StoredTensor, { kind }: Form): Values {
  if (kind === 'points') return fromHalf(data as Uint16Array) as Values;
  const bytes = data as Uint8Array;
  return kind === 'images' ? Float32Array.from(bytes, (b) => b / 255) : Uint32Array.from(bytes);
}

function halved(stored: StoredTensor): StoredTensor {
  if (stored.dtype !== 'F32') return stored;
  return { ...stored, dtype: 'F16', data: toHalf(stored.data as Float32Array) };
}

function unhalved(stored: StoredTensor): StoredTensor {
  if (stored.dtype !== 'F16') return stored;
  return { ...stored, dtype: 'F32', data: fromHalf(stored.data as Uint16Array) };
}
