import { table } from './check.ts';
import { indices, normal, spiky, uniform } from './inputs.ts';
import { nd } from './reference.ts';
import { row } from './rows.ts';

// A mean, a variance and a division of about ten roundings each, on values of order 1.
const standard = { ulps: 24, of: 'largest', second: 2e-4, probes: 12 } as const;

table('normalisation', [
  row('layerNorm', (o, x) => o.layerNorm(x), [normal([3, 7])], standard),
  row(
    'layerNorm, scaled',
    (o, x, a, b) => o.layerNorm(x, a, b),
    [normal([2, 3, 5]), normal([5]), normal([5])],
    standard,
  ),
  row(
    'layerNorm, eps 0.1',
    (o, x, a) => o.layerNorm(x, a, undefined, { eps: 0.1 }),
    [normal([3, 5]), normal([5])],
    standard,
  ),
  row('layerNorm of outliers', (o, x) => o.layerNorm(x), [spiky([2, 33])], standard),
  row('layerNorm of long rows', (o, x) => o.layerNorm(x), [normal([2, 515])], {
    ...standard,
    probes: 3,
  }),
  row('groupNorm', (o, x) => o.groupNorm(x, 2), [normal([2, 3, 2, 4])], standard),
  row(
    'groupNorm, scaled',
    (o, x, a, b) => o.groupNorm(x, 3, a, b),
    [normal([2, 2, 3, 6]), normal([6]), normal([6])],
    standard,
  ),
  row(
    'groupNorm, one group',
    (o, x, a) => o.groupNorm(x, 1, a),
    [normal([2, 3, 3, 3]), normal([3])],
    standard,
  ),
  row('groupNorm, a group per channel', (o, x) => o.groupNorm(x, 3), [normal([2, 4, 3])], standard),
  row(
    'batchStatistics',
    (o, x) => Object.values(o.batchStatistics(x)),
    [normal([3, 2, 2, 4])],
    standard,
  ),
  row(
    'batchStatistics of rows',
    (o, x) => Object.values(o.batchStatistics(x)),
    [normal([9, 3])],
    standard,
  ),
]);

const q = normal([2, 2, 5, 4]);
const k = normal([2, 2, 5, 4]);
const v = normal([2, 2, 5, 3]);
const soft = { ulps: 32, of: 'largest', probes: 8 } as const;
const seen = nd([3, 4], [1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1], 'u32');
const twice = { materialised: true } as const;
const once = { materialised: false } as const;

table('attention over a cache', [
  row(
    'decodeAttention',
    (o, q, k, v) => o.decodeAttention(q, k, v, 3),
    [normal([2, 2, 1, 8]), normal([2, 2, 5, 8]), normal([2, 2, 5, 4])],
    soft,
  ),
  row(
    'decodeAttention, of odd sizes, scaled',
    (o, q, k, v) => o.decodeAttention(q, k, v, 7, { scale: 0.7 }),
    [normal([1, 3, 1, 3]), normal([1, 3, 4, 3]), normal([1, 3, 4, 5])],
    soft,
  ),
]);

table('attention', [
  row('attention', (o, q, k, v) => o.attention(q, k, v, once), [q, k, normal([2, 2, 5, 4])], soft),
  row(
    'attention, causal',
    (o, q, k, v) => o.attention(q, k, v, { ...once, causal: true }),
    [q, k, normal([2, 2, 5, 4])],
    soft,
  ),
  row(
    'attention, masked',
    (o, q, k, v, m) => o.attention(q, k, v, { mask: m }),
    [normal([1, 2, 3, 4]), normal([1, 2, 4, 4]), normal([1, 2, 4, 4]), seen],
    soft,
  ),
  row(
    'attention, a mask of scores',
    (o, q, k, v, m) => o.attention(q, k, v, { mask: m }),
    [normal([2, 2, 3, 4]), normal([2, 2, 5, 4]), normal([2, 2, 5, 6]), normal([2, 1, 3, 5])],
    soft,
  ),
  row(
    'attention, causal and masked',
    (o, q, k, v, m) => o.attention(q, k, v, { mask: m, causal: true }),
    [q, k, v, nd([2, 1, 1, 5], [1, 0, 1, 1, 0, 1, 1, 0, 0, 1], 'u32')],
    soft,
  ),
  row(
    'attention, scaled',
    (o, q, k, v) => o.attention(q, k, v, { ...once, scale: 0.7 }),
    [q, k, normal([2, 2, 5, 4])],
    soft,
  ),
  row(
    'attention of outliers',
    (o, q, k, v) => o.attention(q, k, v),
    [spiky([1, 1, 7, 5], 40), normal([1, 1, 7, 5]), normal([1, 1, 7, 5])],
    soft,
  ),
  row(
    'attention of one',
    (o, q, k, v) => o.attention(q, k, v, { causal: true }),
    [normal([1, 1, 1, 1]), normal([1, 1, 1, 1]), normal([1, 1, 1, 1])],
    soft,
  ),
  row(
    'attention of 37 steps, causal',
    (o, q, k, v) => o.attention(q, k, v, { causal: true }),
    [normal([1, 2, 37, 8]), normal([1, 2, 37, 8]), normal([1, 2, 37, 8])],
    { ...soft, probes: 2 },
  ),
  row(
    'attention of 130 steps, causal',
    (o, q, k, v) => o.attention(q, k, v, { causal: true }),
    [normal([1, 1, 130, 4]), normal([1, 1, 135, 4]), normal([1, 1, 135, 4])],
    { ...soft, probes: 2 },
  ),
  row('attention, materialised', (o, q, k, v) => o.attention(q, k, v, twice), [q, k, v], soft),
  row(
    'attention, materialised, causal',
    (o, q, k, v) => o.attention(q, k, v, { ...twice, causal: true }),
    [q, k, v],
    soft,
  ),
]);

const labels = indices([5], 4);
// log and exp of the engine, and the sum of two terms that may cancel.
const loss = { ulps: 16, of: 'largest' } as const;

const pair = normal([3, 5]);
/** Values of a picture with 16 levels: both ends and what lies between. No gradient is asked for x. */
const levels = nd(
  [3, 5],
  [0, 15, 3, 7, 8, 0, 15, 1, 14, 9, 4, 2, 11, 12, 6].map((k) => Math.fround((k / 15) * 2 - 1)),
);

table('losses', [
  row(
    'bceWithLogits',
    (o, x, y) => o.bceWithLogits(x, y),
    [normal([3, 5], 2), uniform([3, 5])],
    loss,
  ),
  row(
    'bceWithLogits of outliers',
    (o, x, y) => o.bceWithLogits(x, y),
    [spiky([3, 5], 200), uniform([3, 5])],
    loss,
  ),
  row('crossEntropy', (o, x, y) => o.crossEntropy(x, y), [normal([5, 4]), labels], loss),
  row(
    'crossEntropy of outliers',
    (o, x, y) => o.crossEntropy(x, y),
    [spiky([5, 4], 200), labels],
    loss,
  ),
  row('mse', (o, x, y) => o.mse(x, y), [normal([3, 5]), normal([3, 5])], loss),
  row(
    'gaussianLogLikelihood',
    (o, x, m, s) => o.gaussianLogLikelihood(x, m, s),
    [normal([3, 5]), normal([5]), normal([3, 1], 0.3)],
    loss,
  ),
  row(
    'discretizedLogisticLogLikelihood',
    (o, x, m, s) => o.discretizedLogisticLogLikelihood(x, m, s, { levels: 16 }),
    [levels, uniform([3, 5], -0.9, 0.9), uniform([3, 5], -2, 0)],
    loss,
  ),
  row(
    'discretizedLogisticLogLikelihood of 256 levels',
    (o, m, s) => o.discretizedLogisticLogLikelihood(o.mul(m, 0), m, s),
    [uniform([3, 5], -0.9, 0.9), uniform([5], -3, -1)],
    loss,
  ),
  row(
    'klDiagonalGaussians',
    (o, m, l) => o.klDiagonalGaussians(m, l),
    [pair, normal([3, 5], 0.5)],
    {
      ...loss,
    },
  ),
  row(
    'klDiagonalGaussians of two',
    (o, m, l, m2, l2) => o.klDiagonalGaussians(m, l, m2, l2),
    [pair, normal([3, 5], 0.5), normal([5]), normal([5], 0.5)],
    loss,
  ),
]);
