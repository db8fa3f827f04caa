import type { DType, TypedArray } from '../tensor.ts';
import { Variable } from '../tensor.ts';
import {
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
  type StoredType,
  writeSafetensors,
} from './safetensors.ts';

/** Variables in nested objects and arrays; a path like `encoder.0.weight` names each. */
export type Tree = Variable | { readonly [key: string]: Tree } | readonly Tree[];

/** What a checkpoint says beside its tensors: step counters, cursors, configuration. */
export type Notes = Record<string, unknown>;

const FORMAT = 'eightfold checkpoint 1';
const STORED: Record<DType, StoredType> = { f32: 'F32', i32: 'I32', u32: 'U32', u8: 'U8' };

/**
 * A safetensors file of all variables of a tree as they are after the work submitted so far, with
 * notes (anything JSON can carry) and a checksum. Restoring it gives every bit back.
 */
export async function saveCheckpoint(state: Tree, notes: Notes): Promise<Uint8Array<ArrayBuffer>> {
  const variables = [...leaves(state)];
  // All copies are submitted before the first await, so the snapshot is of one moment.
  const arrays = await Promise.all(variables.map(([, v]) => v.data()));
  const tensors = variables.map(([name, v], i): [string, StoredTensor] => [
    name,
    { dtype: STORED[v.dtype], shape: v.shape, data: arrays[i] },
  ]);
  return writeSafetensors(tensors, [
    ['format', FORMAT],
    ['notes', JSON.stringify(notes)],
    ['crc32', checksum(new Map(tensors))],
  ]);
}

/**
 * Writes a checkpoint's values into the variables of a tree and returns its notes. Checks
 * everything first: when it throws SafetensorsError, no variable has changed.
 */
export function loadCheckpoint(file: ArrayBuffer | Uint8Array, state: Tree): Notes {
  const { tensors, metadata } = readSafetensors(file);
  const notes = readNotes(metadata, tensors);
  const variables = new Map(leaves(state));
  for (const [name, v] of variables) checkTensor(name, v, tensors.get(name));
  for (const name of tensors.keys()) {
    if (variables.has(name)) continue;
    refuse('other-model', `'${name}' is in the file but not in the model. ${OTHER}`);
  }
  for (const [name, v] of variables) v.write(tensors.get(name)?.data as TypedArray);
  return notes;
}

/** The notes of a checkpoint, without its tensors. Throws SafetensorsError for any other file. */
export function checkpointNotes(file: ArrayBuffer | Uint8Array): Notes {
  const { tensors, metadata } = readSafetensors(file);
  return readNotes(metadata, tensors);
}

const OTHER = 'Open it with the model and configuration it was saved from.';

/** Names and variables of a tree, in order. */
export function* leaves(tree: Tree, path = ''): Generator<[string, Variable]> {
  if (tree instanceof Variable) {
    yield [path, tree];
    return;
  }
  for (const [key, child] of Object.entries(tree)) {
    yield* leaves(child as Tree, path ? `${path}.${key}` : key);
  }
}

function readNotes(metadata: Map<string, string>, tensors: Map<string, StoredTensor>): Notes {
  const format = metadata.get('format');
  if (format !== FORMAT) {
    refuse(
      'not-a-checkpoint',
      `expected a file of '${FORMAT}', got '${format ?? 'no format'}'. ` +
        'Use one that train wrote with this version.',
    );
  }
  if (metadata.get('crc32') !== checksum(tensors)) {
    refuse(
      'damaged',
      'the checksum differs from the tensors. The file is damaged; use the previous checkpoint.',
    );
  }
  try {
    return JSON.parse(metadata.get('notes') ?? '') as Notes;
  } catch {
    return refuse(
      'damaged',
      'the notes are no JSON. The file is damaged; use the previous checkpoint.',
    );
  }
}

function checkTensor(name: string, v: Variable, stored: StoredTensor | undefined): void {
  if (!stored) refuse('missing-tensor', `'${name}' [${v.shape}] is not in the file. ${OTHER}`);
  const same =
    v.shape.length === stored.shape.length && v.shape.every((d, i) => d === stored.shape[i]);
  if (!same || STORED[v.dtype] !== stored.dtype) {
    refuse(
      'other-shape',
      `'${name}': the model has ${STORED[v.dtype]} [${v.shape}], ` +
        `the file ${stored.dtype} [${stored.shape}]. ${OTHER}`,
    );
  }
}

function refuse(code: string, message: string): never {
  throw new SafetensorsError(code, `checkpoint: ${message}`);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of all tensor bytes in order of their names: catches a damaged disk, not an attacker. */
function checksum(tensors: Map<string, StoredTensor>): string {
  let crc = -1;
  for (const name of [...tensors.keys()].sort()) {
    const { data } = tensors.get(name) as StoredTensor;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}
