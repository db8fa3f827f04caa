import { table } from './check.ts';
import { distinct, normal, spiky, uniform } from './inputs.ts';
import { row, terms } from './rows.ts';

const cube = normal([3, 5, 2]);
const exact = { ulps: 0, gradient: 'none' } as const;
// exp and log of the engine: 4 roundings each, and the sum's own.
const soft = { ulps: 24, of: 'largest' } as const;

table('sums', [
  row('sum', (o, x) => o.sum(x), [cube], terms(30)),
  row('sum over the first', (o, x) => o.sum(x, 0), [cube], terms(3)),
  row('sum over the middle', (o, x) => o.sum(x, 1), [cube], terms(5)),
  row('sum over the last', (o, x) => o.sum(x, -1), [cube], terms(2)),
  row('sum over two, kept', (o, x) => o.sum(x, [0, 2], { keep: true }), [cube], terms(6)),
  row('sum of one', (o, x) => o.sum(x), [normal([1])], terms(1)),
  row('sum of rank 0', (o, x) => o.sum(x), [normal([])], terms(1)),
  row('sum of nothing', (o, x) => o.sum(x, 0), [normal([0, 3])], terms(1)),
  row('sum to nothing', (o, x) => o.sum(x, 1), [normal([0, 3])], terms(1)),
  row('sum of many', (o, x) => o.sum(x), [normal([4099])], { ...terms(4099), probes: 3 }),
  row('sum of long rows', (o, x) => o.sum(x, 1), [normal([3, 1031])], {
    ...terms(1031),
    probes: 3,
  }),
  row('sum of long columns', (o, x) => o.sum(x, 0), [normal([523, 3])], {
    ...terms(523),
    probes: 3,
  }),
  row('sum of outliers', (o, x) => o.sum(x, 1), [spiky([3, 17], 1e4)], {
    ...terms(17),
    second: 1e-3,
  }),
  row('mean', (o, x) => o.mean(x), [cube], terms(30)),
  row('mean over the middle', (o, x) => o.mean(x, 1), [cube], terms(5)),
  row('mean over two', (o, x) => o.mean(x, [0, 1]), [cube], terms(15)),
  row('prod', (o, x) => o.prod(x, 1), [uniform([3, 5], 0.5, 1.5)], { ulps: 5 }),
  row('prod of all', (o, x) => o.prod(x), [uniform([7], -1.5, -0.5)], { ulps: 7 }),
  row('prod with a zero', (o, x) => o.prod(o.mul(x, o.sign(o.relu(x))), 0), [distinct([5, 1])], {
    gradient: 'none',
  }),
  row('prod of nothing', (o, x) => o.prod(x, 0), [normal([0, 2])]),
  row('variance', (o, x) => o.variance(x, 1), [cube], { ulps: 12, of: 'largest' }),
  row('variance far from 0', (o, x) => o.variance(o.add(x, 100), 0), [normal([13])], {
    ulps: 4000,
    gradient: 1e-3,
    second: 1e-2,
  }),
  row('norm', (o, x) => o.norm(x, -1), [cube], { ulps: 6 }),
  row('norm of all', (o, x) => o.norm(x), [cube], { ulps: 20 }),
  row('norm, kept', (o, x) => o.norm(x, [1, 2], { keep: true }), [cube], { ulps: 10 }),
]);

table('extremes', [
  row('max', (o, x) => o.max(x), [distinct([3, 7])], { ulps: 0 }),
  row('max over the first', (o, x) => o.max(x, 0), [distinct([3, 7])], { ulps: 0 }),
  row('max over two, kept', (o, x) => o.max(x, [0, 2], { keep: true }), [distinct([3, 2, 5])], {
    ulps: 0,
  }),
  row('min', (o, x) => o.min(x, 1), [distinct([3, 7])], { ulps: 0 }),
  row('min of one', (o, x) => o.min(x, 0), [distinct([1, 3])], { ulps: 0 }),
  row('max of long rows', (o, x) => o.max(x, 1), [distinct([2, 1031])], { ulps: 0, probes: 3 }),
  row('argmax', (o, x) => o.argmax(x, 1), [distinct([5, 7])], exact),
  row('argmax of all', (o, x) => o.argmax(x), [distinct([5, 7])], exact),
  row('argmin', (o, x) => o.argmin(x, 0), [distinct([5, 7])], exact),
  row('argmin, kept', (o, x) => o.argmin(x, -1, { keep: true }), [distinct([5, 7])], exact),
  row('argmax at ties', (o, x) => o.argmax(o.floor(x), 1), [uniform([7, 11], 0, 3)], exact),
  row('argmax of long rows', (o, x) => o.argmax(x, 1), [distinct([2, 1031])], exact),
  row('argmax of a huge line', (o, x) => o.argmax(x), [distinct([32771])], exact),
  row('argmin of huge columns', (o, x) => o.argmin(x, 0), [distinct([32784, 2])], exact),
  row(
    'argmax at ties of a huge line',
    (o, x) => o.argmax(o.floor(x)),
    [uniform([40000], 0, 3)],
    exact,
  ),
  row('topK', (o, x) => Object.values(o.topK(x, 3)), [distinct([4, 7])], { ulps: 0 }),
  row('topK of one', (o, x) => Object.values(o.topK(x, 1)), [distinct([9])], { ulps: 0 }),
  row('topK of all', (o, x) => Object.values(o.topK(x, 5)), [distinct([2, 5])], { ulps: 0 }),
]);

table('softmax and scans', [
  row('logSumExp', (o, x) => o.logSumExp(x, 1), [normal([3, 7])], soft),
  row('logSumExp of all', (o, x) => o.logSumExp(x), [normal([3, 7])], soft),
  row('logSumExp over the first', (o, x) => o.logSumExp(x, 0), [normal([3, 7])], soft),
  row('logSumExp, kept', (o, x) => o.logSumExp(x, [0, 2], { keep: true }), [cube], soft),
  row('logSumExp of outliers', (o, x) => o.logSumExp(x, 1), [spiky([3, 8], 100)], soft),
  row('softmax', (o, x) => o.softmax(x), [normal([3, 7])], soft),
  row('softmax over the first', (o, x) => o.softmax(x, 0), [normal([3, 7])], soft),
  row('softmax over the middle', (o, x) => o.softmax(x, 1), [cube], soft),
  row('softmax of one', (o, x) => o.softmax(x), [normal([3, 1])], soft),
  row('softmax of outliers', (o, x) => o.softmax(x), [spiky([2, 33])], soft),
  row('softmax of long rows', (o, x) => o.softmax(x), [normal([2, 1031])], { ...soft, probes: 3 }),
  row('softmax of nothing', (o, x) => o.softmax(x), [normal([0, 4])], soft),
  row('logSoftmax', (o, x) => o.logSoftmax(x), [normal([3, 7])], soft),
  row('logSoftmax over the first', (o, x) => o.logSoftmax(x, 0), [normal([3, 7])], soft),
  row('logSoftmax of outliers', (o, x) => o.logSoftmax(x), [spiky([2, 9], 1000)], {
    ...soft,
    second: 3e-4,
  }),
  row('cumsum', (o, x) => o.cumsum(x), [normal([3, 7])], terms(7)),
  row('cumsum over the first', (o, x) => o.cumsum(x, 0), [normal([5, 3])], terms(5)),
  row('cumsum reversed', (o, x) => o.cumsum(x, -1, { reverse: true }), [normal([7])], terms(7)),
  row('cumsum exclusive', (o, x) => o.cumsum(x, 1, { exclusive: true }), [cube], terms(5)),
  row(
    'cumsum reversed exclusive',
    (o, x) => o.cumsum(x, 0, { reverse: true, exclusive: true }),
    [normal([5, 3])],
    terms(5),
  ),
  row('cumsum of many', (o, x) => o.cumsum(x), [normal([1031])], { ...terms(1031), probes: 3 }),
  row('cumsum of nothing', (o, x) => o.cumsum(x, 0), [normal([0, 2])]),
]);
