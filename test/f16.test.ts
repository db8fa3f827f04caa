import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  cast,
  gather,
  type Gpu,
  grad,
  mul,
  pad,
  relu,
  slice,
  sum,
  tensor,
  transpose,
  variable,
} from '../engine/index.ts';
import { fromHalf, toHalf } from '../engine/half.ts';
import { loadCheckpoint, saveCheckpoint } from '../engine/io/checkpoint.ts';
import { ready } from './open.ts';

// f16 is for storage: what is computed is f32, rounded to nearest where it is stored. SwiftShader has
// no half floats; `npm run test:dawn` runs this on Mesa's lavapipe.

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready();
});
afterAll(() => gpu.close());

const numbers = Float32Array.from({ length: 24 }, (_, i) => Math.sin(3 * i + 1) * 2 ** (i % 5));
const halves = fromHalf(toHalf(numbers));
const rounded = (xs: ArrayLike<number>) => [...fromHalf(toHalf(xs))];
const there = () => gpu.features.has('shader-f16');

test('an adapter without half floats says so', ({ skip }) => {
  if (there()) skip();
  expect(() => tensor(numbers, [24], 'f16')).toThrow('shader-f16');
  expect(() => variable(null, [2], { dtype: 'f16' })).toThrow('shader-f16');
});

describe('storage in half floats', () => {
  test.each([
    ['host numbers are rounded', () => tensor(numbers, [24], 'f16'), halves],
    ['a cast rounds', () => cast(tensor(numbers), 'f16'), halves],
    [
      'in the range of subnormal ones too',
      () => cast(mul(tensor(numbers), 2 ** -18), 'f16'),
      rounded(numbers.map((x) => x * 2 ** -18)),
    ],
    ['a cast back is exact', () => cast(tensor(numbers, [24], 'f16'), 'f32'), halves],
    [
      'a value is rounded also where it is not stored',
      () => cast(cast(tensor(numbers), 'f16'), 'f32'),
      halves,
    ],
    [
      'what is too large is infinite',
      () => cast(cast(tensor([65519, 65520, -1e9]), 'f16'), 'f32'),
      [65504, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ],
    [
      'arithmetic is of f32',
      () => mul(cast(tensor(numbers, [24], 'f16'), 'f32'), 1 / 3),
      halves.map((x) => x * Math.fround(1 / 3)),
    ],
    [
      'a view is copied',
      () => transpose(tensor(numbers, [6, 4], 'f16')),
      Array.from({ length: 24 }, (_, i) => halves[(i % 6) * 4 + Math.floor(i / 6)]),
    ],
    ['odd sizes', () => slice(tensor(numbers, [24], 'f16'), [[1, 8]]), halves.slice(1, 8)],
    [
      'a row is repeated along the others',
      () =>
        cast(
          add(tensor(numbers, [6, 4]), cast(tensor(numbers.slice(0, 4), [4], 'f16'), 'f32')),
          'f16',
        ),
      rounded(numbers.map((x, i) => x + halves[i % 4])),
    ],
  ])('%s', async (_, make, wanted) => {
    if (!there()) return;
    expect([...(await make().data())]).toEqual([...wanted]);
  });

  test('gradients pass a cast', async ({ skip }) => {
    if (!there()) skip();
    const x = variable(numbers, [24], { dtype: 'f16' });
    const slope = gpu.step(() => grad(sum(relu(cast(x, 'f32'))), [x])[0])();
    expect(slope.dtype).toBe('f16');
    expect([...(await slope.data())]).toEqual([...halves].map((v) => +(v > 0)));
  });

  test('a variable is assigned, saved and restored', async ({ skip }) => {
    if (!there()) skip();
    const x = variable(numbers, [24], { dtype: 'f16' });
    gpu.step(() => x.assign(cast(mul(cast(x, 'f32'), 3), 'f16')))();
    const wanted = rounded(halves.map((v) => Math.fround(3 * v)));
    const file = await saveCheckpoint({ x }, {});
    const y = variable(null, [24], { dtype: 'f16' });
    loadCheckpoint(file, { x: y });
    expect([...(await y.data())]).toEqual(wanted);
  });

  test.each([
    ['pad', () => pad(tensor(numbers, [24], 'f16'), [[1, 1]])],
    ['gather', () => gather(tensor(numbers, [24], 'f16'), tensor(Uint32Array.of(1)))],
    ['mul', () => mul(tensor(numbers, [24], 'f16'), 2)],
  ])('%s takes none and says what to do', (_, make) => {
    if (there()) expect(make).toThrow('cast(');
  });
});
