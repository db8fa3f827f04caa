import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  cast,
  conv2d,
  gather,
  type Gpu,
  grad,
  matmul,
  mul,
  open,
  pad,
  relu,
  slice,
  sum,
  type Tensor,
  tensor,
  transpose,
  variable,
} from '../engine/index.ts';
import { variantName } from '../engine/choose.ts';
import { fromHalf, toHalf } from '../engine/half.ts';
import { loadCheckpoint, saveCheckpoint } from '../engine/io/checkpoint.ts';
import { matmulContract } from '../engine/ops/product.ts';
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
  test.for([
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
  ] as [string, () => Tensor, Iterable<number>][])('%s', async ([, make, wanted], { skip }) => {
    if (!there()) skip();
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

  /** Products of numbers that half floats hold exactly, summed in float64 and rounded once. */
  const product = (m: number, n: number, k: number, seed: number) => {
    const a = fromHalf(toHalf(Array.from({ length: m * k }, (_, i) => Math.sin(seed + i))));
    const b = fromHalf(toHalf(Array.from({ length: k * n }, (_, i) => Math.cos(seed + 2 * i))));
    const c = Array.from({ length: m * n }, (_, i) => {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[Math.floor(i / n) * k + l] * b[l * n + (i % n)];
      return sum;
    });
    return { a, b, c };
  };

  /** Half a unit in the last of 11 binary places, and what summing in f32 may add. */
  const near = (got: ArrayLike<number>, wanted: ArrayLike<number>) =>
    Array.from(wanted).every((w, i) => Math.abs(got[i] - w) <= 2 ** -11 * Math.abs(w) + 2e-5);

  test.for([
    [3, 5, 7],
    [16, 16, 16],
    [64, 64, 64],
    [1, 8, 300],
    [70, 132, 20],
  ])('matmul [%d, %d] of %d terms, every variant', async ([m, n, k], { skip }) => {
    if (!there()) skip();
    const { a, b, c } = product(m, n, k, 1);
    for (const { kernel } of matmulContract.variants) {
      const own = await open({ tuning: { matmul: { '*': [variantName(kernel)] } } });
      const y = matmul(tensor(a, [m, k], 'f16'), tensor(b, [k, n], 'f16'));
      expect(y.dtype).toBe('f16');
      expect(near(await y.data(), c), kernel.file).toBe(true);
      own.close();
    }
    gpu = await ready();
  });

  test('a chain runs at the store of a product, in f32', async ({ skip }) => {
    if (!there()) skip();
    const { a, b, c } = product(32, 32, 32, 2);
    const [x, w] = [
      variable(a, [32, 32], { dtype: 'f16' }),
      variable(b, [32, 32], { dtype: 'f16' }),
    ];
    const step = gpu.step(() => cast(relu(mul(cast(matmul(x, w), 'f32'), 0.1)), 'f16'));
    const { events } = await gpu.profile(() => step());
    expect(events).toHaveLength(1);
    expect(
      near(
        await step().data(),
        c.map((v) => Math.max(0, 0.1 * v)),
      ),
    ).toBe(true);
  });

  test('gradients of a product are of f16', async ({ skip }) => {
    if (!there()) skip();
    const { a, b } = product(8, 12, 4, 3);
    const [x, w] = [variable(a, [8, 4], { dtype: 'f16' }), variable(b, [4, 12], { dtype: 'f16' })];
    const slope = gpu.step(() => grad(sum(cast(matmul(x, w), 'f32')), [x])[0])();
    expect(slope.dtype).toBe('f16');
    const wanted = a.map((_, i) => {
      let total = 0;
      for (let j = 0; j < 12; j++) total += b[(i % 4) * 12 + j];
      return total;
    });
    expect(near(await slope.data(), wanted)).toBe(true);
  });

  test.for([4, 3])('conv2d with %d channels, value and gradients', async (channels, { skip }) => {
    if (!there()) skip();
    const { a, b } = product(2 * 36, 9 * 8, channels, 4);
    const [xs, ws] = [
      [2, 6, 6, channels],
      [3, 3, channels, 8],
    ];
    const both = (dtype: 'f16' | 'f32') => {
      const [x, w] = [variable(a, xs, { dtype }), variable(b, ws, { dtype })];
      return gpu.step(() => {
        const y = conv2d(x, w, { padding: 'same' });
        return [y, ...grad(sum(cast(y, 'f32')), [x, w])];
      })();
    };
    const [halves, floats] = [both('f16'), both('f32')];
    for (const [i, t] of halves.entries()) {
      expect(t.dtype).toBe('f16');
      expect(near(await t.data(), await floats[i].data())).toBe(true);
    }
  });

  test.for([
    ['pad', () => pad(tensor(numbers, [24], 'f16'), [[1, 1]])],
    ['gather', () => gather(tensor(numbers, [24], 'f16'), tensor(Uint32Array.of(1)))],
    ['mul', () => mul(tensor(numbers, [24], 'f16'), 2)],
  ] as [string, () => Tensor][])('%s takes none and says what to do', ([, make], { skip }) => {
    if (!there()) skip();
    expect(make).toThrow('cast(');
  });
});
