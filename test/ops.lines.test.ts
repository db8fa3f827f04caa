import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import { table } from './check.ts';
import { distinct, normal, spiky } from './inputs.ts';
import { ready } from './open.ts';
import { nd } from './reference.ts';
import { type Ops, row, terms } from './rows.ts';

// What the other tables leave out of reductions, scans, norms and attention: definitions at corners,
// lines long enough for two passes, axes that don't touch.

const cube = normal([3, 4, 2, 5]);

table('axes that do not touch', [
  row('sum', (o, x) => o.sum(x, [0, 2]), [cube], terms(6)),
  row('max, kept', (o, x) => o.max(x, [1, 3], { keep: true }), [distinct([3, 4, 2, 5])], {
    ulps: 0,
  }),
  row('prod', (o, x) => o.prod(x, [0, 3]), [cube], { ulps: 15 }),
  row('norm', (o, x) => o.norm(x, [-1, 1]), [cube], { ulps: 12 }),
  row('variance', (o, x) => o.variance(x, [0, 2, 3]), [cube], { ulps: 12, of: 'largest' }),
  row('variance, kept', (o, x) => o.variance(x, [0, 1], { keep: true }), [cube], {
    ulps: 12,
    of: 'largest',
  }),
  row('logSumExp', (o, x) => o.logSumExp(x, [0, 2]), [cube], { ulps: 24, of: 'largest' }),
  row('argmax', (o, x) => o.argmax(x, [0, 2]), [cube], { ulps: 0, gradient: 'none' }),
  row('argmin, kept', (o, x) => o.argmin(x, [1, 3], { keep: true }), [cube], {
    ulps: 0,
    gradient: 'none',
  }),
  row('sum over no axis', (o, x) => o.sum(x, []), [cube], { ulps: 0 }),
  row('sum over sizes 1', (o, x) => o.sum(x, [0, 2]), [normal([1, 5, 1, 3])], { ulps: 0 }),
  row('cumsum in the middle', (o, x) => o.cumsum(x, 1), [cube], terms(4)),
  row('topK of rows of rows', (o, x) => Object.values(o.topK(x, 2)), [distinct([2, 3, 5])], {
    ulps: 0,
  }),
]);

/** Rows with their squared lengths; a ball around each reaches to 0, so that some lie within. */
const side = (o: Ops, rows: Tensor) => {
  const squares = o.sum(o.square(rows), 1);
  return { rows, squares, radii: squares };
};
const leastOf = (o: Ops, x: Tensor, y: Tensor) => o.blockDistances(side(o, x), side(o, y));
const near = { ulps: 64, of: 'largest', gradient: 'none' } as const;

table('rows beside rows', [
  row('blockDistances', leastOf, [normal([37, 8]), normal([50, 8])], near),
  row('blockDistances of three numbers', leastOf, [normal([5, 3]), normal([20, 3])], near),
  row(
    'blockDistances of itself',
    (o, x) => {
      const both = side(o, x);
      return o.blockDistances(both, both);
    },
    [normal([70, 12])],
    near,
  ),
  ...[
    [normal([37, 8]), normal([50, 8])],
    [normal([5, 3]), normal([20, 3])],
  ].map((inputs) =>
    row(
      'ballCounts',
      (o, x, y) => Object.values(o.ballCounts(side(o, x), side(o, y), 0.001)),
      inputs,
      { ulps: 0, gradient: 'none' },
    ),
  ),
]);

const eye = nd([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1], 'u32');
const soft = { ulps: 32, of: 'largest', probes: 8 } as const;
const [q, k, v] = [normal([1, 2, 3, 4]), normal([1, 2, 5, 4]), normal([1, 2, 5, 3])];

const [tiled, plain] = [{ materialised: false }, { materialised: true }] as const;
const long = [normal([1, 2, 37, 8]), normal([1, 2, 41, 8]), normal([1, 2, 41, 36])];

table('attention of other sizes', [
  row(
    'more keys',
    (o, q, k, v) => o.attention(q, k, v, { ...tiled, causal: true }),
    [q, k, v],
    soft,
  ),
  row(
    'more queries',
    (o, q, k, v) => o.attention(q, k, v, tiled),
    [k, q, normal([1, 2, 3, 3])],
    soft,
  ),
  row(
    'one key each',
    (o, q, k, v, m) => o.attention(q, k, v, { ...tiled, mask: m }),
    [q, normal([1, 2, 3, 4]), normal([1, 2, 3, 3]), eye],
    soft,
  ),
  row(
    'mask, materialised',
    (o, q, k, v, m) => o.attention(q, k, v, { ...plain, mask: m }),
    [q, normal([1, 2, 3, 4]), normal([1, 2, 3, 3]), nd([2, 1, 3], [1, 0, 1, 0, 1, 1], 'u32')],
    soft,
  ),
  row('tiles', (o, q, k, v) => o.attention(q, k, v, tiled), long, { ...soft, probes: 3 }),
  row('causal tiles', (o, q, k, v) => o.attention(q, k, v, { ...tiled, causal: true }), long, {
    ...soft,
    probes: 3,
  }),
  row(
    'tiles of outliers',
    (o, q, k, v) => o.attention(q, k, v, tiled),
    [spiky([1, 1, 7, 4], 40), normal([1, 1, 7, 4]), normal([1, 1, 7, 4])],
    soft,
  ),
]);

/** Patternless numbers in [0, 1) with 10 bits, whose sums float64 gets exactly. */
const value = (i: number): number => ((i * 7919) % 1009) / 1024;
function pattern(...shape: number[]): { t: Tensor; x: Float32Array } {
  const x = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i));
  return { t: o.tensor(x, shape), x };
}
const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data());

describe('long lines', () => {
  beforeAll(() => ready());

  test.each([65_536, 65_537, 1_000_003])('sum and mean of %i', async (n) => {
    const { t, x } = pattern(n);
    const exact = x.reduce((a, b) => a + b, 0);
    expect(Math.abs((await o.sum(t).item()) / exact - 1)).toBeLessThan(2e-7);
    expect(Math.abs((await o.mean(t).item()) / (exact / n) - 1)).toBeLessThan(3e-7);
    expect(await o.max(t).item()).toBe(x.reduce((a, b) => Math.max(a, b)));
  });

  test.each([
    [20_011, 3],
    [30_011, 32],
    [3, 40_003],
    [3, 40_004],
  ])('sums of [%i, %i]', async (rows, columns) => {
    const { t, x } = pattern(rows, columns);
    const [down, along] = [new Float64Array(columns), new Float64Array(rows)];
    x.forEach((v, i) => {
      down[i % columns] += v;
      along[Math.floor(i / columns)] += v;
    });
    const near = (got: number[], want: Float64Array) =>
      Math.max(...got.map((v, i) => Math.abs(v / want[i] - 1)));
    expect(near(await numbers(o.sum(t, 0)), down)).toBeLessThan(4e-7);
    expect(near(await numbers(o.sum(t, 1)), along)).toBeLessThan(4e-7);
  });

  test('moments of [70001, 4] far from 0', async () => {
    const { t, x } = pattern(70_001, 4);
    const { mean, variance } = o.batchStatistics(o.add(t, 100));
    const [m, s] = [await numbers(mean), await numbers(variance)];
    for (let c = 0; c < 4; c++) {
      const column = Array.from(
        x.filter((_, i) => i % 4 === c),
        (v) => Math.fround(v + 100),
      );
      const exact = column.reduce((a, b) => a + b) / column.length;
      const spread = column.reduce((a, b) => a + (b - exact) ** 2, 0) / column.length;
      expect(Math.abs(m[c] / exact - 1)).toBeLessThan(3e-7);
      expect(Math.abs(s[c] / spread - 1)).toBeLessThan(1e-5);
    }
  });

  test('running sums of 100,003', async () => {
    const { t, x } = pattern(100_003);
    const got = await numbers(o.cumsum(t, 0, { reverse: true, exclusive: true }));
    let [sum, worst] = [0, 0];
    for (let i = x.length - 1; i >= 0; i--) {
      worst = Math.max(worst, Math.abs(got[i] - sum) / Math.max(1, sum));
      sum += x[i];
    }
    expect(worst).toBeLessThan(2e-5);
  });
});

const nothing = (...shape: number[]): Tensor => pattern(...shape).t;
/** Ops of tensors without elements: the input, the result's shape and values. */
const empties: [string, () => Tensor, (x: Tensor) => Tensor, number[], number[]][] = [
  ['variance', () => nothing(0, 3), (x) => o.variance(x, 1), [0], []],
  ['max', () => nothing(2, 0, 3), (x) => o.max(x, 2), [2, 0], []],
  ['norm', () => nothing(0, 3), (x) => o.norm(x), [], [0]],
  ['logSumExp', () => nothing(2, 0), (x) => o.logSumExp(x, 1), [2], [-Infinity, -Infinity]],
  ['argmax', () => nothing(0, 3), (x) => o.cast(o.argmax(x, 1), 'f32'), [0], []],
  ['topK of 0', () => nothing(2, 3), (x) => o.topK(x, 0).values, [2, 0], []],
  ['topK', () => nothing(0, 3), (x) => o.topK(x, 2).values, [0, 2], []],
  ['layerNorm', () => nothing(0, 5), (x) => o.layerNorm(x), [0, 5], []],
  ['groupNorm', () => nothing(2, 0, 4), (x) => o.groupNorm(x, 2), [2, 0, 4], []],
  ['attention', () => nothing(1, 1, 0, 4), (x) => o.attention(x, x, x), [1, 1, 0, 4], []],
];

describe('nothing to fold', () => {
  beforeAll(() => ready());

  test.each(empties)('%s', async (_, make, compute, shape, values) => {
    const x = make();
    const y = compute(x);
    expect(y.shape).toEqual(shape);
    expect(await numbers(y)).toEqual(values);
    const [slope] = o.grad(o.sum(y), [x]);
    expect(await numbers(slope)).toEqual(new Array(x.size).fill(0));
  });
});

describe('definitions at corners', () => {
  beforeAll(() => ready());

  test('the norm has slope 0 at 0, and so has its slope', async () => {
    const x = o.tensor(
      [
        [3, 4],
        [0, 0],
      ],
      [2, 2],
    );
    const [slope] = o.grad(o.sum(o.norm(x, 1)), [x]);
    const [again] = o.grad(o.sum(o.square(slope)), [x]);
    const [penalty] = o.grad(o.sum(o.square(o.sub(o.norm(slope, 1), 1))), [x]);
    expect(await numbers(slope)).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6), 0, 0]);
    expect((await numbers(again)).map((v) => Math.abs(v) < 1e-6)).toEqual([true, true, true, true]);
    expect((await numbers(penalty)).every((v) => Math.abs(v) < 1e-6)).toBe(true);
  });

  test('extremes give their gradient to the first of equals', async () => {
    const x = o.tensor(
      [
        [2, 5, 5],
        [1, 1, 3],
      ],
      [2, 3],
    );
    expect(await numbers(o.grad(o.sum(o.max(x, 1)), [x])[0])).toEqual([0, 1, 0, 0, 0, 1]);
    expect(await numbers(o.grad(o.sum(o.min(x, 1)), [x])[0])).toEqual([1, 0, 0, 1, 0, 0]);
    expect(await numbers(o.grad(o.sum(o.topK(x, 2).values), [x])[0])).toEqual([0, 1, 1, 1, 0, 1]);
  });

  test('products with zeros have their gradients', async () => {
    const x = o.tensor(
      [
        [0, 2, 3],
        [0, 0, 3],
      ],
      [2, 3],
    );
    const [first] = o.grad(o.sum(o.prod(x, 1)), [x]);
    expect(await numbers(first)).toEqual([6, 0, 0, 0, 0, 0]);
    const [second] = o.grad(o.sum(first), [x]);
    expect(await numbers(second)).toEqual([5, 3, 2, 3, 3, 0]);
  });

  test('logSumExp of nothing but -Inf has slope 0', async () => {
    const x = o.tensor([-Infinity, -Infinity], [2]);
    expect(await numbers(o.grad(o.logSumExp(x), [x])[0])).toEqual([0, 0]);
  });

  test.each([false, true])('a query that sees nothing, materialised %s', async (materialised) => {
    const [q, k, v] = [2, 3, 3].map((n, i) => o.add(pattern(1, 1, n, 4).t, i));
    const mask = o.tensor(
      Float32Array.of(0, -1, -Infinity, -Infinity, -Infinity, -Infinity),
      [2, 3],
    );
    const y = o.attention(q, k, v, { mask, materialised });
    const grads = o.grad(o.sum(o.square(y)), [q, k, v, mask]);
    const second = o.grad(o.sum(o.square(grads[0])), [q, k, v]);
    const all = await Promise.all([y, ...grads, ...second].map(numbers));
    expect(all.flat().every(Number.isFinite)).toBe(true);
    expect(all[0].slice(4)).toEqual([0, 0, 0, 0]);
    expect(all[1].slice(4)).toEqual([0, 0, 0, 0]);
    expect(all[4].slice(2)).toEqual([0, 0, 0, 0]);
  });

  test('attention and its materialised form have the same gradients of gradients', async () => {
    const [q, k, v] = [3, 5, 5].map((n, i) => o.sub(pattern(1, 2, n, 4).t, 0.3 * i));
    const mask = o.sub(pattern(2, 3, 5).t, 0.5);
    const [a, b] = [false, true].map((materialised) => {
      const y = o.attention(q, k, v, { mask, materialised, causal: true });
      const first = o.grad(o.sum(o.square(y)), [q, k, v, mask]);
      const sums = first.map((g) => o.sum(o.square(g))).reduce((x, y) => o.add(x, y));
      return [y, ...first, ...o.grad(sums, [q, k, v, mask])];
    });
    for (let i = 0; i < a.length; i++) {
      const [x, y] = [await numbers(a[i]), await numbers(b[i])];
      const scale = Math.max(...y.map(Math.abs), 1e-3);
      expect(Math.max(...x.map((v, j) => Math.abs(v - y[j]))) / scale).toBeLessThan(1e-5);
    }
  });
});
