import { table } from './check.ts';
import { conditioned, dominant, indices, normal } from './inputs.ts';
import { nd } from './reference.ts';
import { row, terms } from './rows.ts';

const exact = { ulps: 0 } as const;
const x = normal([3, 4, 5]);
const bytes = nd([4, 3], [0, 1, 2, 127, 128, 255, 9, 8, 7, 250, 3, 77], 'u8');
const forward = { ulps: 0, gradient: 'none' } as const;

table('layout', [
  row('reshape', (o, x) => o.reshape(x, [5, 12]), [x], exact),
  row('reshape, one size inferred', (o, x) => o.reshape(x, [-1, 6]), [x], exact),
  row('reshape to rank 0', (o, x) => o.reshape(x, []), [normal([1, 1])], exact),
  row('permute', (o, x) => o.permute(x, [2, 0, 1]), [x], exact),
  row('permute of rank 4', (o, x) => o.permute(x, [0, 3, 1, 2]), [normal([2, 3, 2, 5])], exact),
  row('transpose', (o, x) => o.transpose(x), [x], exact),
  row('transpose of two axes', (o, x) => o.transpose(x, 0, 1), [x], exact),
  row('slice', (o, x) => o.slice(x, [[1, 3], null, [2]]), [x], exact),
  row(
    'slice with steps',
    (o, x) =>
      o.slice(x, [
        [0, 3, 2],
        [1, 4, 2],
        [0, 5, 3],
      ]),
    [x],
    exact,
  ),
  row('slice from the back', (o, x) => o.slice(x, [[-2], [0, -1]]), [x], exact),
  row(
    'slice backwards',
    (o, x) => o.slice(x, [null, [3, 0, -2], [undefined, undefined, -1]]),
    [x],
    exact,
  ),
  row('slice of nothing', (o, x) => o.slice(x, [[1, 1]]), [x], exact),
  row('flip', (o, x) => o.flip(x, [0, 2]), [x], exact),
  row('flip all', (o, x) => o.flip(x), [normal([3, 2])], exact),
  row('flip the last', (o, x) => o.flip(x, -1), [normal([7])], exact),
  row('broadcastTo', (o, x) => o.broadcastTo(x, [2, 3, 4]), [normal([3, 1])], exact),
  row('broadcastTo of rank 0', (o, x) => o.broadcastTo(x, [2, 3]), [normal([])], exact),
  row('repeat', (o, x) => o.repeat(x, 3), [normal([3, 2])], exact),
  row('repeat the last', (o, x) => o.repeat(x, 2, -1), [normal([3, 2])], exact),
  row(
    'pad',
    (o, x) =>
      o.pad(x, [
        [1, 2],
        [0, 3],
      ]),
    [normal([3, 2])],
    exact,
  ),
  row('pad with a value', (o, x) => o.pad(x, [[2, 0]], -1.5), [normal([3])], exact),
  row(
    'pad of nothing',
    (o, x) =>
      o.pad(x, [
        [1, 1],
        [0, 0],
      ]),
    [normal([0, 2])],
    exact,
  ),
  row('concat', (o, a, b) => o.concat([a, b], 1), [normal([2, 3]), normal([2, 1])], exact),
  row(
    'concat over the first',
    (o, a, b, c) => o.concat([a, b, c], 0),
    [normal([2, 3]), normal([1, 3]), normal([0, 3])],
    exact,
  ),
  row('concat of one with itself', (o, a) => o.concat([a, a, a], -1), [normal([2, 3])], exact),
  row(
    'concat of many',
    (o, a, b) => o.concat([a, b, a, b, a, b, a, b, a, b], 0),
    [normal([1]), normal([2])],
    exact,
  ),
  row('stack', (o, a, b) => o.stack([a, b], 1), [normal([2, 3]), normal([2, 3])], exact),
  row('stack of rank 0', (o, a, b) => o.stack([a, b], 0), [normal([]), normal([])], exact),
  row('split evenly', (o, x) => o.split(x, 2, 1), [normal([3, 4])], exact),
  row('split into sizes', (o, x) => o.split(x, [1, 3, 2], 0), [normal([6, 2])], exact),
  row('split in place', (o, x) => o.split(x, [1, 2, 1], 1), [normal([1, 4, 2, 32])], exact),
  row('tril', (o, x) => o.tril(x), [normal([3, 4])], exact),
  row('tril below', (o, x) => o.tril(x, -1), [normal([2, 3, 3])], exact),
  row('triu above', (o, x) => o.triu(x, 1), [normal([3, 4])], exact),
  row('permute of u32', (o, x) => o.permute(x, [1, 0]), [indices([3, 4], 9)], forward),
  row(
    'views of views',
    (o, x) => o.flip(o.slice(o.permute(x, [2, 0, 1]), [[1, 5, 2]]), 1),
    [x],
    exact,
  ),
]);

table('indexing', [
  row('gather', (o, t, i) => o.gather(t, i), [normal([5, 3]), indices([4], 5)], exact),
  row(
    'gather of a matrix',
    (o, t, i) => o.gather(t, i),
    [normal([5, 3]), indices([2, 3], 5)],
    exact,
  ),
  row(
    'gather along the last',
    (o, t, i) => o.gather(t, i, -1),
    [normal([2, 7]), indices([3], 7)],
    exact,
  ),
  row(
    'gather along the middle',
    (o, t, i) => o.gather(t, i, 1),
    [normal([2, 4, 3]), indices([5], 4)],
    exact,
  ),
  row(
    'gather by i32',
    (o, t, i) => o.gather(t, i),
    [normal([5, 3]), nd([2], [4, 0], 'i32')],
    exact,
  ),
  row('gather of nothing', (o, t, i) => o.gather(t, i), [normal([5, 3]), indices([0], 5)], exact),
  row('gather of u8', (o, t, i) => o.gather(t, i), [bytes, indices([3], 4)], forward),
  row(
    'scatterAdd',
    (o, v, i) => o.scatterAdd(v, i, 5),
    [normal([7, 3]), indices([7], 5)],
    terms(7),
  ),
  row(
    'scatterAdd of a matrix',
    (o, v, i) => o.scatterAdd(v, i, 4),
    [normal([2, 3, 2]), indices([2, 3], 4)],
    terms(6),
  ),
  row(
    'scatterAdd along the last',
    (o, v, i) => o.scatterAdd(v, i, 3, -1),
    [normal([2, 6]), indices([6], 3)],
    terms(6),
  ),
  row(
    'scatterAdd along the middle',
    (o, v, i) => o.scatterAdd(v, i, 6, 1),
    [normal([2, 4, 3]), indices([4], 6)],
    terms(4),
  ),
  row(
    'scatterAdd to one place',
    (o, v, i) => o.scatterAdd(v, i, 2),
    [normal([67]), nd([67], Array(67).fill(1), 'u32')],
    terms(67),
  ),
  row(
    'scatterAdd of nothing',
    (o, v, i) => o.scatterAdd(v, i, 2),
    [normal([0, 3]), indices([0], 2)],
    exact,
  ),
  row(
    'segmentSum',
    (o, x, i) => o.segmentSum(x, i, 4),
    [normal([7, 3]), nd([7], [0, 0, 1, 1, 1, 3, 3], 'u32')],
    terms(3),
  ),
  row(
    'segmentSum of a line',
    (o, x, i) => o.segmentSum(x, i, 2),
    [normal([9]), nd([9], [0, 1, 1, 1, 1, 1, 1, 1, 1], 'u32')],
    terms(8),
  ),
  row(
    'segmentSum by fours',
    (o, x, i) => o.segmentSum(x, i, 3),
    [normal([5, 2, 4]), nd([5], [0, 0, 2, 2, 2], 'u32')],
    terms(3),
  ),
  row(
    'segmentSum of nothing',
    (o, x, i) => o.segmentSum(x, i, 2),
    [normal([0, 3]), indices([0], 2)],
    exact,
  ),
  row(
    'segmentMax',
    (o, x, i) => o.segmentMax(x, i, 3),
    [normal([7, 3]), nd([7], [0, 0, 1, 1, 1, 2, 2], 'u32')],
    exact,
  ),
  row(
    'segmentMax by fours',
    (o, x, i) => o.segmentMax(x, i, 2),
    [normal([5, 2, 4]), nd([5], [0, 0, 0, 1, 1], 'u32')],
    exact,
  ),
  row(
    'segmentMean',
    (o, x, i) => o.segmentMean(x, i, 4),
    [normal([7, 3]), nd([7], [0, 0, 1, 1, 1, 3, 3], 'u32')],
    terms(3),
  ),
  row('oneHot', (o, i) => o.oneHot(i, 4), [indices([3, 2], 4)], forward),
]);

// Elimination loses about n roundings times the condition number, which is below 10 here.
const solve = (n: number) => ({ ulps: 10 * n, of: 'largest', gradient: 1e-4 }) as const;
const heavy = dominant([], 4);

table('linear algebra', [
  row('logAbsDet', (o, a) => o.logAbsDet(a), [conditioned([], 5)], solve(5)),
  row('logAbsDet of 1', (o, a) => o.logAbsDet(a), [conditioned([3], 1)], solve(1)),
  row('logAbsDet, batched', (o, a) => o.logAbsDet(a), [conditioned([2, 2], 3)], solve(3)),
  row(
    'logAbsDet that needs pivots',
    (o, a) => o.logAbsDet(a),
    [nd([3, 3], [0, 2, 1, 3, 0, 1, 1, 1, 0])],
    solve(3),
  ),
  row('logAbsDet, larger', (o, a) => o.logAbsDet(a), [conditioned([], 17)], {
    ...solve(17),
    probes: 4,
  }),
  row('logAbsDet of no matrices', (o, a) => o.logAbsDet(a), [conditioned([0], 3)], solve(3)),
  row('inverse', (o, a) => o.inverse(a), [conditioned([], 5)], solve(5)),
  row('inverse of 1', (o, a) => o.inverse(a), [conditioned([], 1)], solve(1)),
  row('inverse, batched', (o, a) => o.inverse(a), [conditioned([3], 3)], solve(3)),
  row('inverse, larger', (o, a) => o.inverse(a), [conditioned([], 17)], {
    ...solve(17),
    probes: 4,
  }),
  row('triangularSolve', (o, a, b) => o.triangularSolve(a, b), [heavy, normal([4, 3])], solve(4)),
  row(
    'triangularSolve, upper',
    (o, a, b) => o.triangularSolve(a, b, { upper: true }),
    [heavy, normal([4, 3])],
    solve(4),
  ),
  row(
    'triangularSolve, unit',
    (o, a, b) => o.triangularSolve(a, b, { unit: true }),
    [normal([4, 4], 0.4), normal([4, 1])],
    solve(4),
  ),
  row(
    'triangularSolve, transposed',
    (o, a, b) => o.triangularSolve(a, b, { transpose: true }),
    [heavy, normal([4, 3])],
    solve(4),
  ),
  row(
    'triangularSolve, upper transposed',
    (o, a, b) => o.triangularSolve(a, b, { upper: true, transpose: true }),
    [heavy, normal([4, 3])],
    solve(4),
  ),
  row(
    'triangularSolve, batched',
    (o, a, b) => o.triangularSolve(a, b, { unit: true }),
    [normal([2, 3, 3], 0.4), normal([2, 3, 2])],
    solve(3),
  ),
]);
