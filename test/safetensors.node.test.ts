import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  MAX_HEADER_BYTES,
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
  writeSafetensors,
} from '../engine/io/safetensors.ts';

// Written by the Python package safetensors 0.8.0 (Rust), from bytes packed by hand.
const golden = readFileSync(new URL('./golden/mixed.safetensors', import.meta.url));

const bits = (t: StoredTensor) =>
  new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength);

/** A file from header text and data, with the header length right unless told otherwise. */
function file(header: string | Uint8Array, data = 0, length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const out = new Uint8Array(8 + text.length + data);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

const entry = (shape: string, offsets: string, dtype = '"F32"') =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
const one = (shape: string, offsets: string, dtype?: string) =>
  `{"a":${entry(shape, offsets, dtype)}}`;
const two = (a: string, b: string) => `{"a":${a},"b":${b}}`;
const F8 = entry('[2]', '[0,8]');

test('reads a file of another writer, to the bit', () => {
  const { tensors, metadata } = readSafetensors(golden);
  expect([...metadata].sort()).toEqual([
    ['format', 'golden'],
    ['note', 'quote " and 名'],
  ]);
  const seen = Object.fromEntries([...tensors].map(([n, t]) => [n, [t.dtype, t.shape, t.data]]));
  const weights = new Uint32Array([0, 0x80000000, 0x3fc00000, 0x7f800000, 0x7fc00000, 1]);
  expect(seen).toEqual({
    'weights.0': ['F32', [2, 3], new Float32Array(weights.buffer)],
    counts: ['I32', [3], new Int32Array([-(2 ** 31), 0, 2 ** 31 - 1])],
    keys: ['U32', [2, 1, 2], new Uint32Array([0, 1, 2 ** 31, 2 ** 32 - 1])],
    pixels: ['U8', [5], new Uint8Array([0, 1, 127, 128, 255])],
    half: ['F16', [3], new Uint16Array([0x3c00, 0xc100, 0x7bff])],
    long: ['I64', [2], new BigInt64Array([-(2n ** 63n), 2n ** 53n + 1n])],
    scalar: ['F32', [], new Float32Array([3.25])],
    empty: ['F32', [0, 4], new Float32Array(0)],
    'naïve "名"\n': ['U8', [1], new Uint8Array([7])],
  });
  const read = tensors.get('weights.0') as StoredTensor;
  expect(bits(read)).toEqual(new Uint8Array(weights.buffer));
});

test('round trip keeps every bit, and writing again gives the same bytes', () => {
  const first = readSafetensors(golden);
  const bytes = writeSafetensors(first.tensors, first.metadata);
  const again = readSafetensors(bytes);
  for (const [name, tensor] of first.tensors) {
    expect(bits(again.tensors.get(name) as StoredTensor)).toEqual(bits(tensor));
  }
  expect(writeSafetensors(again.tensors, again.metadata)).toEqual(bytes);
  expect(writeSafetensors([...first.tensors].reverse(), first.metadata)).toEqual(bytes);
});

test('reads at any alignment, and an empty file', () => {
  const shifted = new Uint8Array(golden.length + 3);
  shifted.set(golden, 3);
  const { tensors } = readSafetensors(shifted.subarray(3));
  expect(tensors.get('scalar')?.data).toEqual(new Float32Array([3.25]));
  expect(readSafetensors(writeSafetensors([])).tensors.size).toBe(0);
  expect(readSafetensors(file(`{"a":${F8}} \n\t\r  `, 8)).tensors.size).toBe(1);
});

const big = '9'.repeat(16);
const many = (count: number) =>
  `{${Array.from({ length: count }, (_, i) => `"${i}":${entry('[0]', '[0,0]')}`).join(',')}}`;

// What is wrong, the code of the refusal, the file.
const attacks: [string, string, Uint8Array][] = [
  ['nothing', 'truncated', new Uint8Array(0)],
  ['seven bytes', 'truncated', new Uint8Array(7)],
  ['header length 0', 'header-syntax', new Uint8Array(8)],
  ['header longer than the file', 'truncated', file('{}', 0, 3n)],
  ['header of 16 MB + 1', 'header-too-long', file('{}', 0, BigInt(MAX_HEADER_BYTES) + 1n)],
  ['header of 2^32', 'header-too-long', file('{}', 0, 2n ** 32n)],
  ['header of 2^53 + 1', 'header-too-long', file('{}', 0, 2n ** 53n + 1n)],
  ['header of 2^64 - 1', 'header-too-long', file('{}', 0, 2n ** 64n - 1n)],
  ['header cut by one byte', 'header-syntax', file('{}', 0, 1n)],
  ['not UTF-8', 'bad-utf8', file(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))],
  ['overlong UTF-8', 'bad-utf8', file(new Uint8Array([0x7b, 0xc0, 0xa2, 0x7d]))],
  ['UTF-8 surrogate', 'bad-utf8', file(new Uint8Array([0x7b, 0xed, 0xa0, 0x80, 0x7d]))],
  ['byte order mark', 'header-syntax', file('\ufeff{}')],
  ['leading space', 'header-syntax', file(' {}')],
  ['an array', 'header-syntax', file('[]')],
  ['null', 'header-syntax', file('null')],
  ['text after the header', 'header-syntax', file('{}{}')],
  ['a null byte after the header', 'header-syntax', file('{}\0')],
  ['an open object', 'header-syntax', file('{')],
  ['an open string', 'header-syntax', file('{"a')],
  ['a trailing backslash', 'header-syntax', file('{"a\\')],
  ['a bad escape', 'header-syntax', file(`{"\\x":${F8}}`, 8)],
  ['a control character', 'header-syntax', file(`{"\n":${F8}}`, 8)],
  ['a trailing comma', 'header-syntax', file(`{"a":${F8},}`, 8)],
  ['single quotes', 'header-syntax', file(`{'a':${F8}}`, 8)],
  ['a comment', 'header-syntax', file(`{/**/"a":${F8}}`, 8)],
  ['deep nesting', 'unknown-field', file('{"a":'.repeat(100_000))],
  ['deep arrays in a shape', 'bad-number', file(`{"a":{"shape":${'['.repeat(100_000)}`)],
  ['a tensor that is a string', 'header-syntax', file('{"a":"F32"}')],
  ['a tensor that is null', 'header-syntax', file('{"a":null}')],
  ['duplicate tensor', 'duplicate-name', file(`{"a":${F8},"a":${F8}}`, 8)],
  ['duplicate by escape', 'duplicate-name', file(`{"a":${F8},"\\u0061":${F8}}`, 8)],
  ['duplicate metadata', 'duplicate-name', file('{"__metadata__":{},"__metadata__":{}}')],
  ['duplicate metadata key', 'duplicate-name', file('{"__metadata__":{"k":"1","k":"2"}}')],
  ['duplicate field', 'duplicate-field', file('{"a":{"dtype":"F32","dtype":"U8"}}')],
  ['duplicate shape', 'duplicate-field', file('{"a":{"shape":[],"shape":[]}}')],
  ['duplicate offsets', 'duplicate-field', file('{"a":{"data_offsets":[0],"data_offsets":[0]}}')],
  ['a tensor called __proto__', 'bad-name', file(`{"__proto__":${F8}}`, 8)],
  ['__proto__ by escape', 'bad-name', file(`{"\\u005f_proto__":${F8}}`, 8)],
  ['a tensor called constructor', 'bad-name', file(`{"constructor":${F8}}`, 8)],
  ['metadata __proto__', 'bad-name', file('{"__metadata__":{"__proto__":"x"}}')],
  ['half a surrogate pair', 'bad-name', file(`{"\\ud800":${F8}}`, 8)],
  ['half a pair in metadata', 'bad-name', file('{"__metadata__":{"k":"\\udc00"}}')],
  ['metadata that is a number', 'header-syntax', file('{"__metadata__":{"k":1}}')],
  ['metadata that is null', 'header-syntax', file('{"__metadata__":null}')],
  ['unknown field', 'unknown-field', file('{"a":{"dtype":"F32","stride":[1]}}')],
  ['no dtype', 'missing-field', file('{"a":{"shape":[],"data_offsets":[0,4]}}', 4)],
  ['no shape', 'missing-field', file('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4)],
  ['no offsets', 'missing-field', file('{"a":{"dtype":"F32","shape":[]}}', 4)],
  ['one offset', 'missing-field', file(one('[]', '[0]'), 4)],
  ['three offsets', 'too-long', file(one('[]', '[0,4,8]'), 4)],
  ['unknown dtype', 'unknown-dtype', file(one('[1]', '[0,8]', '"F64"'), 8)],
  ['lower-case dtype', 'unknown-dtype', file(one('[1]', '[0,4]', '"f32"'), 4)],
  ['dtype of Object', 'unknown-dtype', file(one('[1]', '[0,4]', '"toString"'), 4)],
  ['dtype that is a number', 'header-syntax', file(one('[1]', '[0,4]', '32'), 4)],
  ['negative extent', 'bad-number', file(one('[-1]', '[0,4]'), 4)],
  ['fractional extent', 'header-syntax', file(one('[1.0]', '[0,4]'), 4)],
  ['exponent', 'header-syntax', file(one('[1e0]', '[0,4]'), 4)],
  ['leading zero', 'bad-number', file(one('[01]', '[0,4]'), 4)],
  ['NaN extent', 'bad-number', file(one('[NaN]', '[0,4]'), 4)],
  ['extent as a string', 'bad-number', file(one('["1"]', '[0,4]'), 4)],
  ['null extent', 'bad-number', file(one('[null]', '[0,4]'), 4)],
  ['extent beyond 2^53', 'bad-number', file(one(`[${big}]`, '[0,4]'), 4)],
  ['extent of 400 digits', 'bad-number', file(one(`[${'1'.repeat(400)}]`, '[0,4]'), 4)],
  ['rank of 100,000', 'too-long', file(one(`[${'1,'.repeat(99_999)}1]`, '[0,4]'), 4)],
  ['elements wrap at 2^32', 'size-mismatch', file(one('[65536,65536]', '[0,0]'))],
  ['elements wrap at 2^64', 'shape-overflow', file(one('[4294967296,4294967296]', '[0,0]'))],
  ['bytes beyond 2^53', 'shape-overflow', file(one('[4503599627370496]', '[0,0]'))],
  ['overflow hidden by zero', 'shape-overflow', file(one('[4294967296,4294967296,0]', '[0,0]'))],
  ['shape larger than the data', 'size-mismatch', file(one('[3]', '[0,8]'), 8)],
  ['shape smaller than the data', 'size-mismatch', file(one('[1]', '[0,8]'), 8)],
  ['offsets backwards', 'size-mismatch', file(one('[2]', '[8,0]'), 8)],
  ['negative offset', 'bad-number', file(one('[2]', '[-8,0]'), 8)],
  ['offsets beyond the data', 'truncated', file(one('[2]', '[0,8]'), 7)],
  ['1 TB of data claimed', 'truncated', file(one('[274877906944]', '[0,1099511627776]'), 8)],
  ['bytes after the data', 'trailing-bytes', file(one('[2]', '[0,8]'), 9)],
  ['bytes with no tensor', 'trailing-bytes', file('{}', 1)],
  ['a hole at the start', 'hole', file(one('[2]', '[4,12]'), 12)],
  ['a hole between', 'hole', file(two(F8, entry('[1]', '[12,16]')), 16)],
  ['overlap', 'overlap', file(two(F8, entry('[2]', '[4,12]')), 12)],
  ['two tensors on the same bytes', 'overlap', file(two(F8, F8), 8)],
  ['an empty tensor past the end', 'hole', file(two(F8, entry('[0]', '[12,12]')), 8)],
  ['an empty tensor inside another', 'overlap', file(two(F8, entry('[0]', '[4,4]')), 8)],
  ['65,537 tensors', 'too-many-tensors', file(many(65_537))],
  ['16 MB of space', 'header-syntax', file(`{${' '.repeat(MAX_HEADER_BYTES - 1)}`)],
];

describe('refuses', () => {
  test(`${attacks.length} malformed files`, () =>
    expect(attacks.length).toBeGreaterThanOrEqual(50));
  test.each(attacks)('%s', (_, code, bytes) => {
    const started = performance.now();
    const error = refusal(bytes);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(/^safetensors: .+\. .+/s);
    expect(error?.message.length).toBeLessThan(400);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

/** The typed refusal of a file, or null when it is read. Any other error escapes. */
function refusal(bytes: Uint8Array): SafetensorsError | null {
  try {
    readSafetensors(bytes);
    return null;
  } catch (error) {
    if (error instanceof SafetensorsError) return error;
    throw error;
  }
}

const bad: [string, string, [string, StoredTensor][], [string, string][]?][] = [
  ['a reserved name', 'bad-name', [['__metadata__', scalar()]]],
  ['a prototype name', 'bad-name', [['__proto__', scalar()]]],
  ['a reserved metadata key', 'bad-name', [], [['__proto__', 'x']]],
  ['half a surrogate pair', 'bad-name', [['\ud800', scalar()]]],
  [
    'a name twice',
    'duplicate-name',
    [
      ['a', scalar()],
      ['a', scalar()],
    ],
  ],
  ['the wrong array', 'dtype-mismatch', [['a', { ...scalar(), dtype: 'U32' }]]],
  ['an unknown type', 'dtype-mismatch', [['a', { ...scalar(), dtype: 'F64' as 'F32' }]]],
  ['the wrong shape', 'size-mismatch', [['a', { ...scalar(), shape: [2] }]]],
  ['a fractional shape', 'shape-overflow', [['a', { ...scalar(), shape: [0.5, 2] }]]],
];

function scalar(): StoredTensor {
  return { dtype: 'F32', shape: [1], data: new Float32Array(1) };
}

test.each(bad)('does not write %s', (_, code, tensors, metadata) => {
  let seen: unknown;
  try {
    writeSafetensors(tensors, metadata);
  } catch (error) {
    seen = error;
  }
  expect(seen).toBeInstanceOf(SafetensorsError);
  expect((seen as SafetensorsError).code).toBe(code);
});

// FUZZ=1000000 npm test -- safetensors runs as many as wanted.
const mutations = Number(process.env.FUZZ ?? 20_000);

test(`${mutations} mutated files give a typed refusal or a valid file`, {
  timeout: 600_000,
}, () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const spice = [...'{}[]",:0919eE.-\\ \n_ntf\0\xff'].map((c) => c.charCodeAt(0));
  const headerEnd =
    8 + Number(new DataView(golden.buffer, golden.byteOffset).getBigUint64(0, true));
  for (let i = 0; i < mutations; i++) {
    let bytes = new Uint8Array(golden);
    for (let n = 1 + random(4); n > 0; n--) {
      const at = random(2) ? random(16) : random(headerEnd);
      const kind = random(4);
      if (kind === 0) bytes[at] = spice[random(spice.length)] as number;
      else if (kind === 1) bytes[at] = random(256);
      else if (kind === 2) bytes = bytes.slice(0, bytes.length - random(bytes.length));
      else bytes.copyWithin(at, random(headerEnd), random(headerEnd));
    }
    refusal(bytes);
  }
});
