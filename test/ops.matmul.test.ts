import { table } from './check.ts';
import { indices, normal, spiky } from './inputs.ts';
import { row, terms } from './rows.ts';

table('matmul', [
  row('matmul', (o, a, b) => o.matmul(a, b), [normal([5, 7]), normal([7, 3])], terms(7)),
  row(
    'matmul, a transposed',
    (o, a, b) => o.matmul(a, b, { ta: true }),
    [normal([7, 5]), normal([7, 3])],
    terms(7),
  ),
  row(
    'matmul, b transposed',
    (o, a, b) => o.matmul(a, b, { tb: true }),
    [normal([5, 7]), normal([3, 7])],
    terms(7),
  ),
  row(
    'matmul, both transposed',
    (o, a, b) => o.matmul(a, b, { ta: true, tb: true }),
    [normal([7, 5]), normal([3, 7])],
    terms(7),
  ),
  row('matmul of 1', (o, a, b) => o.matmul(a, b), [normal([1, 1]), normal([1, 1])], terms(1)),
  row('matmul, a row', (o, a, b) => o.matmul(a, b), [normal([1, 9]), normal([9, 4])], terms(9)),
  row('matmul, a column', (o, a, b) => o.matmul(a, b), [normal([5, 6]), normal([6, 1])], terms(6)),
  row(
    'matmul, outer product',
    (o, a, b) => o.matmul(a, b),
    [normal([5, 1]), normal([1, 6])],
    terms(1),
  ),
  row(
    'matmul of multiples of 4',
    (o, a, b) => o.matmul(a, b),
    [normal([8, 12]), normal([12, 16])],
    terms(12),
  ),
  row(
    'matmul, batched',
    (o, a, b) => o.matmul(a, b),
    [normal([3, 2, 5]), normal([3, 5, 4])],
    terms(5),
  ),
  row(
    'matmul, one side for all',
    (o, a, b) => o.matmul(a, b),
    [normal([3, 2, 5]), normal([5, 4])],
    terms(5),
  ),
  row(
    'matmul, batch broadcast',
    (o, a, b) => o.matmul(a, b, { tb: true }),
    [normal([2, 1, 3, 5]), normal([3, 4, 5])],
    terms(5),
  ),
  row(
    'matmul, batch of 1',
    (o, a, b) => o.matmul(a, b, { ta: true }),
    [normal([1, 5, 3]), normal([2, 5, 4])],
    terms(5),
  ),
  row(
    'matmul over nothing',
    (o, a, b) => o.matmul(a, b),
    [normal([2, 0]), normal([0, 3])],
    terms(1),
  ),
  row('matmul to nothing', (o, a, b) => o.matmul(a, b), [normal([0, 4]), normal([4, 3])], terms(4)),
  row('matmul of outliers', (o, a, b) => o.matmul(a, b), [spiky([3, 17], 1e3), normal([17, 5])], {
    ...terms(17),
    gradient: 1e-3,
  }),
  row('matmul, larger', (o, a, b) => o.matmul(a, b), [normal([37, 65]), normal([65, 43])], {
    ...terms(65),
    probes: 2,
  }),
  row(
    'matmul, wide enough for tiles',
    (o, a, b) => o.matmul(a, b),
    [normal([64, 72]), normal([72, 96])],
    { ...terms(72), gradient: 'none' },
  ),
  row(
    'maskedMatmul',
    (o, x, w, from, to) => o.maskedMatmul(x, w, { from, to }),
    [normal([5, 7]), normal([7, 3]), indices([7], 4), indices([3], 4)],
    terms(7),
  ),
  row(
    'maskedMatmul of outputs',
    (o, x, w, from, to) => o.maskedMatmul(x, w, { from, to, gap: 1 }),
    [normal([2, 3, 6]), normal([6, 5]), indices([6], 4), indices([5], 4)],
    terms(6),
  ),
  row(
    'maskedMatmul of multiples of 4',
    (o, x, w, from, to) => o.maskedMatmul(x, w, { from, to }),
    [normal([8, 12]), normal([12, 48]), indices([12], 9), indices([48], 9)],
    { ...terms(12), probes: 6 },
  ),
  row(
    'maskedMatmul, larger',
    (o, x, w, from, to) => o.maskedMatmul(x, w, { from, to, gap: 1 }),
    [normal([33, 37]), normal([37, 29]), indices([37], 9), indices([29], 9)],
    { ...terms(37), probes: 2 },
  ),
  row('matmul, a by itself', (o, a) => o.matmul(a, a, { tb: true }), [normal([4, 5])], terms(5)),
]);
