import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import { seeded } from './inputs.ts';
import { ready } from './open.ts';
import * as ref from './reference.ts';

beforeAll(() => ready());

type Entry = (i: number, j: number, n: number) => number;

const random = seeded(11);
const noise = () => random() + random() + random() - 1.5;

// Condition numbers from 1 to 1e10; f32 has 7 digits.
const kinds: [string, Entry][] = [
  ['random', noise],
  ['near the identity', (i, j) => +(i === j) + 1e-3 * noise()],
  ['of Hilbert', (i, j) => 1 / (i + j + 1)],
  ['with rows of falling size', (i, _, n) => noise() * 10 ** ((-6 * i) / n)],
  ['near rank 1', (i, j) => Math.sin(i + 1) * Math.cos(j) + 1e-4 * noise()],
];
const sizes = [1, 2, 3, 4, 8, 17, 32, 64, 97, 128];

const rowSum = (a: ref.Nd): number => {
  const [n, m] = a.shape;
  const sums = Array.from({ length: n }, (_, i) =>
    a.data.slice(i * m, (i + 1) * m).reduce((s, v) => s + Math.abs(v), 0),
  );
  return Math.max(...sums);
};

/** Bound of the error: 2 n 2^-24 times the condition number. */
function bounded(entry: Entry, n: number) {
  const a = ref.build([n, n], ([i, j]) => Math.fround(entry(i, j, n)));
  const inverse = ref.inverse(a);
  const condition = rowSum(a) * rowSum(inverse);
  return { a, inverse, bound: 2 * n * 2 ** -24 * condition };
}

describe.each(kinds)('matrices %s', (_, entry) => {
  test.each(sizes)('of size %d', async (n) => {
    const { a, inverse, bound } = bounded(entry, n);
    const t = o.tensor(Float32Array.from(a.data), [n, n]);
    const [det, inv] = [await o.logAbsDet(t).item(), await o.inverse(t).data()];
    const want = ref.logAbsDet(a).data[0];
    expect(Math.abs(det - want)).toBeLessThan(bound + 2 ** -22 * Math.abs(want));
    const error = { ...inverse, data: inverse.data.map((v, e) => inv[e] - v) };
    if (bound < 1) expect(rowSum(error) / rowSum(inverse)).toBeLessThan(bound);
  });
});

describe('singular matrices', () => {
  const singular: [string, number[]][] = [
    ['0', [0]],
    ['of rank 1', [1, 2, 2, 4]],
    ['with equal rows', [1, 2, 3, 2, 4, 6, 1, 1, 1]],
    ['of zeros', Array(16).fill(0)],
  ];
  test.each(singular)('%s', async (_, data) => {
    const n = Math.sqrt(data.length);
    const a = o.tensor(data, [n, n]);
    expect(await o.logAbsDet(a).item()).toBe(Number.NEGATIVE_INFINITY);
    expect((await o.inverse(a).data()).every((v) => Number.isNaN(v))).toBe(true);
  });

  test('do not touch the others of a batch', async () => {
    const a = o.tensor([1, 2, 2, 4, 3, 0, 0, 2], [2, 2, 2]);
    expect(Array.from(await o.logAbsDet(a).data())).toEqual([
      Number.NEGATIVE_INFINITY,
      Math.fround(Math.log(6)),
    ]);
  });

  test('a NaN stays one', async () => {
    const a = o.tensor([1, 1, Number.NaN, 1], [2, 2]);
    expect(await o.logAbsDet(a).item()).toBeNaN();
  });
});

describe.each([130, 256, 512])('a large matrix of size %d', (n) => {
  const { a, inverse, bound } = bounded((i, j) => noise() + ((i + 1) % n === j ? 20 : 0), n);
  const t = () => o.tensor(Float32Array.from(a.data), [n, n]);

  test('log |det| and sign', async () => {
    const { sign, logAbsDet } = o.slogdet(t());
    const want = ref.logAbsDet(a).data[0];
    expect(Math.abs((await logAbsDet.item()) - want)).toBeLessThan(
      bound + 2 ** -22 * Math.abs(want),
    );
    expect(await sign.item()).toBe(n % 2 ? 1 : -1); // of the cycle that the heavy entries are
  });

  test('inverse', async () => {
    const got = await o.inverse(t()).data();
    const error = { ...inverse, data: inverse.data.map((v, e) => got[e] - v) };
    expect(rowSum(error) / rowSum(inverse)).toBeLessThan(bound);
  });
});

test('signs', async () => {
  const a = o.tensor([1, 0, 0, 2, 0, 1, 1, 0, -3, 0, 0, -3, -1, 0, 0, 1, 1, 2, 2, 4], [5, 2, 2]);
  const { sign } = o.slogdet(a);
  expect([...(await sign.data())]).toEqual([1, -1, 1, -1, 0]);
});
