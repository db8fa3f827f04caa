import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../engine/io/checkpoint.ts';
import { readSafetensors, writeSafetensors } from '../engine/io/safetensors.ts';
import { ready } from './open.ts';

beforeAll(async () => {
  await ready();
});

describe('files', () => {
  const text = (header: string, bytes = 0, length?: number): Uint8Array => {
    const body = new TextEncoder().encode(header);
    const file = new Uint8Array(8 + body.length + bytes);
    new DataView(file.buffer).setBigUint64(0, BigInt(length ?? body.length), true);
    file.set(body, 8);
    return file;
  };
  const entry = (shape: string, offsets: string) =>
    `{"w":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;
  const w = { dtype: 'F32', shape: [2], data: new Float32Array(2) } as const;
  const wrong: [RegExp, () => unknown][] = [
    [/^safetensors: .*\b3\b.*\. \w/, () => readSafetensors(new Uint8Array(3))],
    [/^safetensors: .*header.*\. \w/, () => readSafetensors(text('{}', 0, 2 ** 40))],
    [/^safetensors: expected \{.*header\. .*write it again/, () => readSafetensors(text('[]'))],
    [
      /^safetensors: .*"w".*\[3\].*12.*8.*\. \w/,
      () => readSafetensors(text(entry('[3]', '[0,8]'), 8)),
    ],
    [/^safetensors: .*\. \w/, () => readSafetensors(text(entry('[2]', '[0,8]'), 4))],
    [
      /^safetensors: .*w.*twice\. Rename/,
      () =>
        writeSafetensors([
          ['w', w],
          ['w', w],
        ]),
    ],
  ];
  test.each(wrong)('%s', (message, call) => {
    expect(call).toThrow(message);
  });

  test('a checkpoint of another model, which changes nothing', async () => {
    using a = o.variable([1, 2]);
    using b = o.variable([1, 2, 3]);
    const file = await saveCheckpoint({ a }, {});
    const other = /^checkpoint: .*'a'.*\[3\].*\[2\]\. Open it with/;
    expect(() => loadCheckpoint(file, { a: b })).toThrow(other);
    expect(() => loadCheckpoint(file, { c: a })).toThrow(
      /^checkpoint: 'c' \[2\] is not in the file\. /,
    );
    expect(Array.from(await b.data())).toEqual([1, 2, 3]);
    file[file.length - 1] ^= 1;
    expect(() => loadCheckpoint(file, { a })).toThrow(/^checkpoint: .*checksum.*\. \w/);
  });
});
