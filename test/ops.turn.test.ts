import { afterAll, beforeAll } from 'vitest';
import { table } from './check.ts';
import { normal } from './inputs.ts';
import { ready } from './open.ts';
import { row } from './rows.ts';

// Operands that lie across the lines of what is computed, as the planner has them on hardware: one
// is turned by tiles, the others are read four at a time, one for four, or one at a time.

beforeAll(async () => {
  Object.assign(await ready(), { software: false });
});
afterAll(async () => {
  await ready();
});

const exact = { ulps: 0 } as const;
const few = { ulps: 4, probes: 6 } as const;

table('turned', [
  row('a matrix', (o, x) => o.transpose(x), [normal([9, 12])], exact),
  row('more than a tile', (o, x) => o.transpose(x), [normal([40, 33])], { ulps: 0, probes: 4 }),
  row('a batch', (o, x) => o.transpose(x), [normal([2, 3, 9, 10])], exact),
  row('channels first', (o, x) => o.permute(x, [0, 3, 1, 2]), [normal([2, 3, 4, 9])], exact),
  row('axes reversed', (o, x) => o.permute(x, [2, 1, 0]), [normal([9, 4, 12])], exact),
  row('keys of heads', (o, x) => o.permute(x, [0, 2, 3, 1]), [normal([2, 9, 3, 8])], exact),
  row(
    'a part',
    (o, x) =>
      o.transpose(
        o.slice(x, [
          [2, 12],
          [1, 10],
        ]),
      ),
    [normal([13, 11])],
    exact,
  ),
  row(
    'in a chain',
    (o, x, y, b) => o.tanh(o.add(o.mul(o.transpose(x), y), b)),
    [normal([12, 9]), normal([9, 12]), normal([12])],
    { ulps: 16, of: 'largest', probes: 6 },
  ),
  row(
    'a matrix and its own transpose',
    (o, x) => o.add(o.mul(x, 2), o.transpose(x)),
    [normal([12, 12])],
    few,
  ),
]);

table('by strides', [
  row('heads', (o, x) => o.permute(x, [0, 2, 1, 3]), [normal([2, 3, 4, 8])], exact),
  row(
    'a part in fours',
    (o, x) =>
      o.slice(x, [
        [1, 3],
        [4, 12],
      ]),
    [normal([4, 16])],
    exact,
  ),
  row(
    'a part not in fours',
    (o, x) =>
      o.slice(x, [
        [1, 3],
        [3, 11],
      ]),
    [normal([4, 16])],
    exact,
  ),
  row('one for each row', (o, x, y) => o.mul(x, y), [normal([5, 8]), normal([5, 1])], few),
  row('one for each ragged row', (o, x, y) => o.mul(x, y), [normal([4, 7]), normal([4, 1])], few),
  row('backwards', (o, x) => o.flip(x, 1), [normal([3, 8])], exact),
]);
