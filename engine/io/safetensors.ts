import { type HeaderEntry, nameProblem, parseHeader, quote, SafetensorsError } from './header.ts';

export { SafetensorsError } from './header.ts';

/** Arrays of the formats we keep. F16 holds raw half-float bits. */
const ARRAYS = {
  F32: Float32Array,
  F16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;

export type StoredType = keyof typeof ARRAYS;
export type StoredData =
  | Float32Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Uint32Array
  | Uint8Array;

export interface StoredTensor {
  dtype: StoredType;
  shape: readonly number[];
  data: StoredData;
}

export interface TensorFile {
  tensors: Map<string, StoredTensor>;
  metadata: Map<string, string>;
}

export const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const HEADER_STARTS = 8;
const MALFORMED = 'The file is malformed; write it again.';

/**
 * Reads a safetensors file that nobody vouches for. Everything is checked before anything of the
 * file's choosing is allocated; the arrays are views of `file` where it is aligned, else copies.
 * Throws SafetensorsError on any malformed, truncated, overlapping or padded file.
 */
export function readSafetensors(file: ArrayBuffer | Uint8Array): TensorFile {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const length = headerLength(bytes);
  const text = headerText(bytes.subarray(HEADER_STARTS, HEADER_STARTS + length));
  const { entries, metadata } = parseHeader(text);
  const data = bytes.subarray(HEADER_STARTS + length);
  for (const [name, entry] of entries) checkSize(name, entry);
  checkCover(entries, data.length);

  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, begin, end }] of entries) {
    const type = dtype as StoredType;
    tensors.set(name, { dtype: type, shape, data: view(type, data.subarray(begin, end)) });
  }
  return { tensors, metadata };
}

/**
 * Writes a safetensors file: widest types first, then by name, so that every tensor is aligned and
 * the same tensors always give the same bytes. Throws SafetensorsError when a name, a type or a
 * shape cannot be stored.
 */
export function writeSafetensors(
  tensors: Iterable<[string, StoredTensor]>,
  metadata: Iterable<[string, string]> = [],
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([nameA, a], [nameB, b]) => {
    const wider = b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT;
    return wider || (nameA < nameB ? -1 : 1);
  });
  const { json, size } = describe(ordered, [...metadata]);

  const text = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    refuse(
      'header-too-long',
      `header of ${headerBytes} bytes: expected at most ${MAX_HEADER_BYTES}. ` +
        'Use shorter names or split the file.',
    );
  }
  const out = new Uint8Array(HEADER_STARTS + headerBytes + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.fill(0x20, HEADER_STARTS, HEADER_STARTS + headerBytes);
  out.set(text, HEADER_STARTS);
  let at = HEADER_STARTS + headerBytes;
  for (const [, { data }] of ordered) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

/** The header as JSON text, and the bytes of data that follow it. */
function describe(tensors: [string, StoredTensor][], metadata: [string, string][]) {
  // Null prototypes: a tensor may be called 'toString' without meaning ours.
  const header: Record<string, unknown> = Object.create(null);
  if (metadata.length > 0) {
    for (const [key] of metadata) checkName(key);
    header.__metadata__ = Object.assign(Object.create(null), Object.fromEntries(metadata));
  }
  let size = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    checkName(name);
    if (name in header)
      refuse('duplicate-name', `tensor ${quote(name)} appears twice. Rename one.`);
    if (!(data instanceof (ARRAYS[dtype] ?? Array))) {
      refuse(
        'dtype-mismatch',
        `${quote(name)}: expected ${dtype} data, got ${data.constructor.name}.`,
      );
    }
    const entry = { dtype, shape: [...shape], begin: size, end: size + data.byteLength };
    checkSize(name, entry);
    header[name] = { dtype, shape: entry.shape, data_offsets: [entry.begin, entry.end] };
    size = entry.end;
  }
  return { json: JSON.stringify(header), size };
}

function checkName(name: string): void {
  const problem = nameProblem(name);
  if (problem) refuse('bad-name', `${problem}. Choose another.`);
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < HEADER_STARTS) {
    refuse(
      'truncated',
      `file of ${bytes.length} bytes: expected at least 8. It was cut short; copy it again.`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    refuse(
      'header-too-long',
      `header length: expected at most ${MAX_HEADER_BYTES}, got ${length}. ` +
        'This is not a safetensors file, or not one to trust.',
    );
  }
  if (HEADER_STARTS + Number(length) > bytes.length) {
    refuse(
      'truncated',
      `header: expected ${length} bytes, got ${bytes.length - HEADER_STARTS}. ` +
        'The file was cut short; copy it again.',
    );
  }
  return Number(length);
}

function headerText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('bad-utf8', 'header: expected UTF-8. This is not a safetensors file.');
  }
}

/** The bytes that dtype and shape ask for must be the bytes between the offsets. */
function checkSize(name: string, { dtype, shape, begin, end }: HeaderEntry): void {
  if (!Object.hasOwn(ARRAYS, dtype)) {
    const known = Object.keys(ARRAYS).join(' ');
    refuse(
      'unknown-dtype',
      `${quote(name)}: expected one of ${known}, got ${quote(dtype)}. ` +
        'Convert the tensor and write the file again.',
    );
  }
  let size: number = ARRAYS[dtype as StoredType].BYTES_PER_ELEMENT;
  for (const extent of shape) {
    // A zero extent must not hide an overflow of the others.
    if (
      !Number.isSafeInteger(extent) ||
      extent < 0 ||
      size * Math.max(1, extent) > Number.MAX_SAFE_INTEGER
    ) {
      refuse(
        'shape-overflow',
        `${quote(name)}: shape [${shape}] must be whole numbers and name fewer than 2^53 bytes. ${MALFORMED}`,
      );
    }
    size *= Math.max(1, extent);
  }
  if (shape.includes(0)) size = 0;
  if (begin > end || end - begin !== size) {
    refuse(
      'size-mismatch',
      `${quote(name)}: ${dtype} [${shape}] needs ${size} bytes, ` +
        `got offsets [${begin}, ${end}]. ${MALFORMED}`,
    );
  }
}

/** The tensors must tile the data section: no hole, no overlap, nothing before or after. */
function checkCover(entries: Map<string, HeaderEntry>, size: number): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const [name, { begin, end }] of ordered) {
    if (begin !== covered) {
      const what = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      refuse(
        begin < covered ? 'overlap' : 'hole',
        `${quote(name)} ${what}: expected offset ${covered}, got ${begin}. ${MALFORMED}`,
      );
    }
    covered = end;
  }
  if (covered !== size) {
    refuse(
      covered > size ? 'truncated' : 'trailing-bytes',
      `data: the header describes ${covered} bytes, ` +
        `the file has ${size}. The file was cut short or padded; copy it again.`,
    );
  }
}

function view(dtype: StoredType, bytes: Uint8Array): StoredData {
  const type = ARRAYS[dtype];
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset } = aligned ? bytes : bytes.slice();
  return new type(buffer as ArrayBuffer, byteOffset, bytes.length / type.BYTES_PER_ELEMENT);
}

function refuse(code: string, message: string): never {
  throw new SafetensorsError(code, `safetensors: ${message}`);
}
