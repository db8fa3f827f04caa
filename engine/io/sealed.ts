import {
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
  writeSafetensors,
} from './safetensors.ts';

/** What a checkpoint says beside its tensors: step counters, cursors, configuration. */
export type Notes = Record<string, unknown>;

export interface Sealed {
  tensors: Map<string, StoredTensor>;
  notes: Notes;
}

const FORMAT = 'eightfold checkpoint 1';

/** A safetensors file of tensors with notes (anything JSON can carry) and a checksum. */
export function seal(tensors: Map<string, StoredTensor>, notes: Notes): Uint8Array<ArrayBuffer> {
  return writeSafetensors(tensors, [
    ['format', FORMAT],
    ['notes', JSON.stringify(notes)],
    ['crc32', checksum(tensors)],
  ]);
}

/** Reads what `seal` wrote. Throws SafetensorsError for any other file and for a damaged one. */
export function unseal(file: ArrayBuffer | Uint8Array): Sealed {
  const { tensors, metadata } = readSafetensors(file);
  const format = metadata.get('format');
  if (format !== FORMAT) {
    refuse(
      'not-a-checkpoint',
      `expected a file of '${FORMAT}', got '${format?.slice(0, 40) ?? 'no format'}'. ` +
        'Use one that this version of train wrote.',
    );
  }
  if (metadata.get('crc32') !== checksum(tensors)) {
    refuse('damaged', `the checksum differs from the tensors. ${DAMAGED}`);
  }
  try {
    return { tensors, notes: JSON.parse(metadata.get('notes') ?? '') };
  } catch {
    return refuse('damaged', `the notes are no JSON. ${DAMAGED}`);
  }
}

const DAMAGED = 'The file is damaged; use the previous checkpoint.';

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
