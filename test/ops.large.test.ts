import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import { ready } from './open.ts';

// A grid has at most 65,535 workgroups along one dimension. These are larger in the dimension that
// is given to workgroups, so that a kernel which does not fold, or folds wrongly, misses elements.

const many = 70_001;
const millions = 5_000_011;

/** Exact, patternless enough, and known at any place. */
const value = (i: number): number => ((i * 7919) % 1009) / 1024;
const pattern = (...shape: number[]): Tensor => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return o.tensor(data, shape);
};

type Want = (i: number) => number;
/** What to compute, what element i must be, and the relative error allowed. */
const rows: [string, () => Tensor, Want, number?][] = [
  ['pointwise', () => o.add(o.mul(pattern(millions), 2), 1), (i) => value(i) * 2 + 1],
  // Enough elements, a multiple of 8, for what a CPU driver takes eight at a time.
  ['pointwise by eights', () => o.sub(pattern(640_008), o.tensor([2])), (i) => value(i) - 2],
  [
    'broadcast',
    () => o.sub(pattern(many, 1), pattern(67)),
    (i) => value(Math.floor(i / 67)) - value(i % 67),
  ],
  [
    'permute',
    () => o.permute(pattern(1201, 1301), [1, 0]),
    (i) => value((i % 1201) * 1301 + Math.floor(i / 1201)),
  ],
  ['sum of short rows', () => o.sum(pattern(many, 3), 1), (i) => three(i).reduce((a, b) => a + b)],
  ['max over the first', () => o.max(pattern(3, many), 0), (i) => Math.max(...column(i))],
  [
    'argmax of short rows',
    () => o.cast(o.argmax(pattern(many, 3), 1), 'f32'),
    (i) => first(three(i)),
  ],
  ['softmax of short rows', () => o.softmax(pattern(many, 3)), soft, 1e-6],
  ['cumsum of short rows', () => o.cumsum(pattern(many, 3)), running, 1e-6],
  [
    'matmul of many matrices',
    () => o.matmul(pattern(many, 1, 2), pattern(many, 2, 1)),
    (i) => value(2 * i) ** 2 + value(2 * i + 1) ** 2,
    1e-6,
  ],
  ['matmul of many rows', () => o.matmul(pattern(many * 8, 1), o.tensor([[2, 3]])), twoAndThree],
  [
    'gather',
    () => o.gather(pattern(11, 3), choice()),
    (i) => value((Math.floor(i / 3) % 11) * 3 + (i % 3)),
  ],
  ['scatterAdd to many', () => o.scatterAdd(pattern(3, 2), places(), many), spots],
  [
    'scatterAdd of many',
    () => o.scatterAdd(o.add(o.mul(pattern(many, 1), 0), 1), choice(), 11),
    often,
  ],
  [
    'pad',
    () =>
      o.pad(pattern(many, 3), [
        [0, 0],
        [1, 0],
      ]),
    (i) => (i % 4 ? value(i - 1 - Math.floor(i / 4)) : 0),
  ],
  ['concat', () => o.concat([pattern(many, 3), pattern(many, 3)], 0), (i) => value(i % (3 * many))],
  [
    'logAbsDet',
    () => o.logAbsDet(o.add(pattern(many, 1, 1), 1)),
    (i) => Math.log(value(i) + 1),
    1e-6,
  ],
  ['layerNorm', () => o.layerNorm(pattern(many, 2), undefined, undefined, { eps: 0 }), side],
];

const three = (i: number): number[] => [value(3 * i), value(3 * i + 1), value(3 * i + 2)];
const column = (i: number): number[] => [value(i), value(many + i), value(2 * many + i)];
const first = (v: number[]): number => v.indexOf(Math.max(...v));
function soft(i: number): number {
  const row = three(Math.floor(i / 3)).map(Math.exp);
  return row[i % 3] / (row[0] + row[1] + row[2]);
}
function running(i: number): number {
  return three(Math.floor(i / 3))
    .slice(0, (i % 3) + 1)
    .reduce((a, b) => a + b);
}
function twoAndThree(i: number): number {
  return value(Math.floor(i / 2)) * (2 + (i % 2));
}
function side(i: number): number {
  const other = value(i % 2 ? i - 1 : i + 1);
  return Math.sign(value(i) - other);
}
function choice(): Tensor {
  return o.tensor(
    Uint32Array.from({ length: many }, (_, i) => i % 11),
    [many],
    'u32',
  );
}
function places(): Tensor {
  return o.tensor(Uint32Array.of(5, many - 1, 65_536), [3], 'u32');
}
function spots(i: number): number {
  const row = [5, many - 1, 65_536].indexOf(Math.floor(i / 2));
  return row < 0 ? 0 : value(2 * row + (i % 2));
}
function often(i: number): number {
  return Math.floor((many - 1 - i) / 11) + 1;
}

describe('more workgroups than a grid dimension', () => {
  let gpu: o.Gpu;
  beforeAll(async () => {
    gpu = await ready();
  });

  test.each(rows)('%s', async (_, run, want, rtol = 1e-7) => {
    const got = await gpu.step(run)().data();
    const bad: string[] = [];
    for (let i = 0; i < got.length && bad.length < 3; i += i < 9000 ? 1 : 37) {
      const w = want(i);
      if (!(Math.abs(got[i] - w) <= rtol * Math.abs(w) + 1e-7))
        bad.push(`[${i}]: ${got[i]}, want ${w}`);
    }
    expect(bad).toEqual([]);
  });

  test('sum of millions', async () => {
    const got = await gpu
      .step(() => o.sum(pattern(millions)))()
      .item();
    let want = 0;
    for (let i = 0; i < millions; i++) want += value(i);
    expect(Math.abs(got / want - 1)).toBeLessThan(1e-5);
  });
});
