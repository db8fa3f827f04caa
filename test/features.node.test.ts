import { beforeAll, expect, test } from 'vitest';
import { toHalf } from '../engine/half.ts';
import { type StoredTensor, writeSafetensors } from '../engine/io/safetensors.ts';
import { type FoldedFilter, readInception } from '../models/metrics/features/inception_weights.ts';
import { randomWeights } from './inception.ts';

let tensors: Map<string, StoredTensor>;
beforeAll(() => {
  tensors = randomWeights();
});

const zeros = (...shape: number[]): StoredTensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b)),
});

/** The file with one tensor changed, or left out. */
function read(name: string, change: StoredTensor | null) {
  const changed = new Map(tensors);
  if (change) changed.set(name, change);
  else changed.delete(name);
  return readInception(writeSafetensors(changed));
}

test.each<[string, StoredTensor | null, RegExp]>([
  [
    'Mixed_5b.branch1x1.conv.weight',
    null,
    /'Mixed_5b.branch1x1.conv.weight' \[64,192,1,1\] is not/,
  ],
  ['Mixed_7c.branch_pool.bn.running_var', null, /running_var' \[192\] is not in the file/],
  ['Conv2d_1a_3x3.conv.weight', zeros(3, 3, 3, 32), /expected \[32,3,3,3\], got \[3,3,3,32\]/],
  ['fc.weight', zeros(1000, 2048), /\[1008,2048\], got \[1000,2048\]. These are torchvision's own/],
  [
    'fc.bias',
    { dtype: 'I32', shape: [1008], data: new Int32Array(1008) },
    /'fc.bias': expected F32 or F16, got I32/,
  ],
])('refuses a file with a bad %s', (name, change, message) => {
  expect(() => read(name, change)).toThrow(message);
});

test('batch normalisation is folded, float16 is read, and what else a file holds is left alone', () => {
  const name = 'Conv2d_2a_3x3';
  const stored = tensors.get(`${name}.conv.weight`) as StoredTensor;
  const halves = toHalf(stored.data as Float32Array);
  const half: StoredTensor = { dtype: 'F16', shape: stored.shape, data: halves };
  tensors.set(`${name}.bn.num_batches_tracked`, {
    dtype: 'I64',
    shape: [],
    data: new BigInt64Array(1),
  });
  const exact = readInception(writeSafetensors(tensors)).filters.get(name) as FoldedFilter;
  const rounded = read(`${name}.conv.weight`, half).filters.get(name) as FoldedFilter;
  const [a, b] = [exact.weight, rounded.weight];
  expect(a).not.toEqual(b);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i] - b[i])).toBeLessThan(2 ** -11 * Math.abs(a[i]) + 1e-7);

  const part = (of: string) =>
    (tensors.get(`${name}.bn.${of}`) as StoredTensor).data as Float32Array;
  const scale = part('weight')[5] / Math.sqrt(part('running_var')[5] + 0.001);
  const [kh, kw, channels, out] = exact.shape;
  expect([kh, kw, channels, out]).toEqual([3, 3, 32, 32]);
  const given = (stored.data as Float32Array)[((5 * channels + 7) * kh + 2) * kw + 1];
  expect(a[((2 * kw + 1) * channels + 7) * out + 5]).toBeCloseTo(given * scale, 6);
  expect(exact.bias[5]).toBeCloseTo(part('bias')[5] - part('running_mean')[5] * scale, 6);
});
