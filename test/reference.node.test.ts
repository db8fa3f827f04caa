import { describe, expect, test } from 'vitest';
import * as ref from './reference.ts';
import { type Nd, nd } from './reference.ts';

const count6 = nd([2, 3], [1, 2, 3, 4, 5, 6]);
const square2 = nd([2, 2], [4, 7, 2, 6]);
const image = nd([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);

/** Answers worked out by hand or taken from published tables: what the reference itself rests on. */
const rows: [string, () => Nd | Nd[], number[] | number[][]][] = [
  [
    'add broadcasts',
    () => ref.add(nd([2, 1], [1, 2]), nd([3], [10, 20, 30])),
    [11, 21, 31, 12, 22, 32],
  ],
  ['add of no elements', () => ref.add(nd([1], [1]), nd([0], [])), []],
  [
    'erf',
    () => ref.erf(nd([4], [0, 0.5, 1, -3])),
    [0, 0.5204998778130465, 0.8427007929497149, -0.9999779095030014],
  ],
  [
    'erfc',
    () => nd([2], [ref.erfcOf(1), ref.erfcOf(5)]),
    [0.15729920705028513, 1.5374597944280347e-12],
  ],
  ['gelu', () => ref.gelu(nd([2], [1, -2])), [0.8413447460685429, -0.04550026389635842]],
  [
    'round to even',
    () => ref.round(nd([6], [0.5, 1.5, 2.5, -0.5, -1.5, 1.2])),
    [0, 2, 2, -0, -2, 1],
  ],
  ['softplus', () => ref.softplus(nd([3], [0, 1000, -1000])), [Math.LN2, 1000, 0]],
  ['sum over an axis', () => ref.sum(count6, 0), [5, 7, 9]],
  ['sum over all', () => ref.sum(count6), [21]],
  ['sum of nothing', () => ref.sum(nd([0, 2], [])), [0]],
  ['mean over the last', () => ref.mean(count6, -1), [2, 5]],
  ['variance', () => ref.variance(count6, 1), [2 / 3, 2 / 3]],
  ['argmax takes the first', () => ref.argmax(nd([2, 3], [1, 5, 5, 2, 2, 2]), 1), [1, 0]],
  ['logSumExp', () => ref.logSumExp(nd([2], [1e4, 1e4])), [1e4 + Math.LN2]],
  ['logSumExp of -Inf', () => ref.logSumExp(nd([2], [-Infinity, -Infinity])), [-Infinity]],
  ['softmax', () => ref.softmax(nd([2], [0, Math.log(3)])), [0.25, 0.75]],
  ['cumsum', () => ref.cumsum(count6, 1), [1, 3, 6, 4, 9, 15]],
  [
    'cumsum reverse exclusive',
    () => ref.cumsum(count6, 1, { reverse: true, exclusive: true }),
    [5, 3, 0, 11, 6, 0],
  ],
  [
    'topK',
    () => Object.values(ref.topK(nd([4], [1, 9, 9, 3]), 3)),
    [
      [9, 9, 3],
      [1, 2, 3],
    ],
  ],
  ['matmul', () => ref.matmul(count6, nd([3, 2], [1, 0, 0, 1, 1, 1])), [4, 5, 10, 11]],
  ['matmul transposed', () => ref.matmul(count6, count6, { tb: true }), [14, 32, 32, 77]],
  ['matmul of an empty sum', () => ref.matmul(nd([2, 0], []), nd([0, 1], [])), [0, 0]],
  ['conv2d', () => ref.conv2d(image, nd([2, 2, 1, 1], [1, 0, 0, 1])), [6, 8, 12, 14]],
  [
    'conv2d same, stride 2',
    () => ref.conv2d(image, nd([3, 3, 1, 1], Array(9).fill(1)), { padding: 'same', stride: 2 }),
    [12, 16, 24, 28],
  ],
  [
    'conv2d dilated',
    () => ref.conv2d(image, nd([2, 2, 1, 1], [1, 10, 100, 1000]), { dilation: 2 }),
    [9731],
  ],
  [
    'conv2d groups',
    () => ref.conv2d(nd([1, 1, 1, 2], [3, 5]), nd([1, 1, 1, 4], [1, 2, 3, 4]), { groups: 2 }),
    [3, 6, 15, 20],
  ],
  [
    'maskedConv2d A',
    () => ref.maskedConv2d(image, nd([3, 3, 1, 1], Array(9).fill(1)), { type: 'A' }),
    [0, 1, 2, 3, 10, 10, 9, 22, 19],
  ],
  [
    'maskedConv2d B, vertical',
    () => ref.maskedConv2d(image, nd([3, 1, 1, 1], [1, 1, 1]), { type: 'B', mask: 'vertical' }),
    [1, 2, 3, 5, 7, 9, 11, 13, 15],
  ],
  [
    'maskedConv2d A, two colours',
    () =>
      ref.maskedConv2d(nd([1, 1, 1, 2], [3, 5]), nd([1, 1, 2, 2], [1, 10, 100, 1000]), {
        type: 'A',
        colours: 2,
      }),
    [0, 30],
  ],
  [
    'conv1d causal',
    () => ref.conv1d(nd([1, 3, 1], [1, 2, 3]), nd([2, 1, 1], [10, 1]), { padding: 'causal' }),
    [1, 12, 23],
  ],
  [
    'conv2dInput',
    () =>
      ref.conv2dInput(nd([1, 1, 1, 1], [2]), nd([2, 2, 1, 1], [1, 2, 3, 4]), {
        inputShape: [1, 2, 2, 1],
      }),
    [2, 4, 6, 8],
  ],
  [
    'convTranspose2d',
    () =>
      ref.convTranspose2d(nd([1, 1, 2, 1], [1, 2]), nd([1, 3, 1, 1], [1, 10, 100]), { stride: 2 }),
    [1, 10, 102, 20, 200],
  ],
  [
    'conv2dWeight',
    () =>
      ref.conv2dWeight(nd([1, 2, 2, 1], [1, 2, 3, 4]), nd([1, 1, 1, 1], [2]), {
        weightShape: [2, 2, 1, 1],
      }),
    [2, 4, 6, 8],
  ],
  ['maxPool2d', () => ref.maxPool2d(image, { size: 2, stride: 1 }), [5, 6, 8, 9]],
  ['avgPool2d', () => ref.avgPool2d(image, { size: 3 }), [5]],
  ['resizeNearest', () => ref.resizeNearest(nd([1, 1, 2, 1], [1, 2]), [1, 4]), [1, 1, 2, 2]],
  ['resizeBilinear', () => ref.resizeBilinear(nd([1, 1, 2, 1], [0, 4]), [1, 4]), [0, 1, 3, 4]],
  ['permute', () => ref.permute(count6, [1, 0]), [1, 4, 2, 5, 3, 6]],
  ['slice with step', () => ref.slice(count6, [null, [0, 3, 2]]), [1, 3, 4, 6]],
  ['slice backwards', () => ref.slice(nd([5], [1, 2, 3, 4, 5]), [[-1, 0, -2]]), [5, 3]],
  ['slice from the back', () => ref.slice(nd([5], [1, 2, 3, 4, 5]), [[-2]]), [4, 5]],
  ['pad', () => ref.pad(nd([1], [1]), [[1, 2]], 9), [9, 1, 9, 9]],
  ['concat', () => ref.concat([nd([1, 1], [1]), nd([1, 2], [2, 3])], 1), [1, 2, 3]],
  ['stack', () => ref.stack([nd([2], [1, 2]), nd([2], [3, 4])], 1), [1, 3, 2, 4]],
  [
    'split',
    () => ref.split(count6, [1, 2], 1),
    [
      [1, 4],
      [2, 3, 5, 6],
    ],
  ],
  ['repeat', () => ref.repeat(nd([2], [1, 2]), 2), [1, 2, 1, 2]],
  ['gather', () => ref.gather(count6, nd([2], [2, 0]), 1), [3, 1, 6, 4]],
  [
    'segmentMax',
    () => ref.segmentMax(nd([3], [1, 4, 2]), nd([3], [0, 2, 2]), 3),
    [1, -Infinity, 4],
  ],
  ['segmentSum', () => ref.segmentSum(nd([3], [1, 2, 4]), nd([3], [0, 2, 2]), 3), [1, 0, 6]],
  ['segmentMean', () => ref.segmentMean(nd([3], [1, 2, 4]), nd([3], [0, 2, 2]), 3), [1, 0, 3]],
  ['scatterAdd', () => ref.scatterAdd(nd([3], [1, 2, 4]), nd([3], [1, 1, 0]), 3), [4, 3, 0]],
  ['oneHot', () => ref.oneHot(nd([2], [1, 0]), 2), [0, 1, 1, 0]],
  ['tril', () => ref.tril(square2), [4, 0, 2, 6]],
  ['logAbsDet', () => ref.logAbsDet(square2), [Math.log(10)]],
  ['logAbsDet needs pivots', () => ref.logAbsDet(nd([2, 2], [0, 2, 3, 0])), [Math.log(6)]],
  ['inverse', () => ref.inverse(square2), [0.6, -0.7, -0.2, 0.4]],
  [
    'triangularSolve',
    () => ref.triangularSolve(nd([2, 2], [2, 9, 1, 4]), nd([2, 1], [2, 9])),
    [1, 2],
  ],
  [
    'triangularSolve transposed',
    () => ref.triangularSolve(nd([2, 2], [2, 9, 1, 4]), nd([2, 1], [4, 8]), { transpose: true }),
    [1, 2],
  ],
  ['layerNorm', () => ref.layerNorm(nd([1, 2], [0, 2]), undefined, undefined, { eps: 0 }), [-1, 1]],
  [
    'groupNorm',
    () => ref.groupNorm(nd([1, 1, 4], [0, 2, 5, 9]), 2, undefined, undefined, { eps: 0 }),
    [-1, 1, -1, 1],
  ],
  [
    'attention to one key',
    () => ref.attention(nd([1, 1], [3]), nd([1, 1], [5]), nd([1, 2], [7, 8])),
    [7, 8],
  ],
  [
    'attention, causal',
    () =>
      ref.attention(nd([2, 1], [0, 0]), nd([2, 1], [0, 0]), nd([2, 1], [1, 3]), { causal: true }),
    [1, 2],
  ],
  [
    'attention, masked',
    () =>
      ref.attention(nd([1, 1], [0]), nd([2, 1], [0, 0]), nd([2, 1], [1, 3]), {
        mask: nd([1, 2], [0, 1], 'u32'),
      }),
    [3],
  ],
];

describe('reference', () => {
  test.each(rows)('%s', (_, run, want) => {
    const got = [run()].flat();
    const lists = (Array.isArray(want[0]) ? want : [want]) as number[][];
    expect(got.length).toBe(lists.length);
    got.forEach((x, i) => {
      expect(x.data.length).toBe(ref.count(x.shape));
      expect(Array.from(x.data, (v) => +v.toPrecision(12))).toEqual(
        lists[i].map((v) => +v.toPrecision(12)),
      );
    });
  });

  // Known answers published with Random123 (kat_vectors, philox4x32, 10 rounds).
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      Array(4).fill(0xffffffff),
      Array(2).fill(0xffffffff),
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('philox of counter %j, key %j', (counter, key, want) => {
    expect(
      ref.philox(counter as [number, number, number, number], key as [number, number]),
    ).toEqual(want);
  });
});
