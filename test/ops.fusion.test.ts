import type { Tensor } from '../engine/index.ts';
import { table } from './check.ts';
import { away, normal } from './inputs.ts';
import { type Ops, row } from './rows.ts';

// What the planner must cut, keep apart or put in order: more operands than a kernel may bind, longer
// chains than a kernel should hold, values that are both results and operands.

const pick = (o: Ops, x: Tensor, i: number): Tensor => o.slice(x, [[i, i + 1]]);
const total = (o: Ops, xs: Tensor[]): Tensor => xs.reduce((a, b) => o.add(a, b));
const twenty = Array.from({ length: 20 }, () => normal([3]));
const chain = (n: number, f: (x: Tensor, i: number) => Tensor, x: Tensor): Tensor => {
  let y = x;
  for (let i = 0; i < n; i++) y = f(y, i);
  return y;
};

table(
  'fusion',
  [
    row('sum of 20 tensors', (o, ...xs) => total(o, xs), twenty, {
      ulps: 40,
      of: 'terms',
      probes: 1,
    }),
    row(
      'sum of 20 shifts of a line',
      (o, x) =>
        total(
          o,
          Array.from({ length: 20 }, (_, i) => o.sin(o.slice(x, [[i, i + 5]]))),
        ),
      [normal([25])],
      { ulps: 100, of: 'largest', probes: 8 },
    ),
    row(
      'sum of 20 slices',
      (o, x) =>
        total(
          o,
          Array.from({ length: 20 }, (_, i) => pick(o, x, i)),
        ),
      [normal([20, 3])],
      { ulps: 40, of: 'terms', probes: 8 },
    ),
    row(
      'product of 14 flips and shifts',
      (o, x) =>
        total(
          o,
          Array.from({ length: 14 }, (_, i) =>
            o.sin(o.concat([o.flip(o.slice(x, [[i]])), x], 0)),
          ).map((t) => o.slice(t, [[0, 5]])),
        ),
      [normal([20])],
      { ulps: 100, of: 'largest', probes: 8 },
    ),
    row(
      'matmul plus 20 tensors',
      (o, a, b, ...xs) => o.tanh(o.add(o.matmul(a, b), total(o, xs))),
      [normal([2, 4]), normal([4, 3]), ...twenty],
      { ulps: 100, of: 'largest', probes: 1 },
    ),
    row('20 results', (o, x) => Array.from({ length: 20 }, (_, i) => o.mul(o.sin(x), i / 8)), [
      normal([5]),
    ]),
    row(
      'a chain of 70',
      (o, x) => chain(70, (y, i) => o.sub(o.mul(y, 0.99), 0.01 * (i % 3)), x),
      [normal([5])],
      {
        ulps: 400,
        of: 'largest',
      },
    ),
    row(
      'some of a chain of 40',
      (o, x) => {
        const all: Tensor[] = [];
        chain(
          40,
          (y) => {
            all.push(o.mul(o.cos(y), 1.5));
            return all[all.length - 1];
          },
          x,
        );
        return all.filter((_, i) => i % 10 === 0);
      },
      [normal([3], 0.1)],
      { ulps: 4000, of: 'largest', gradient: 1e-3, second: 'none' },
    ),
    row(
      'a value, its sum, and both',
      (o, x) => {
        const y = o.exp(x);
        const s = o.sum(y);
        return [y, s, o.div(y, s)];
      },
      [normal([7])],
      { ulps: 20 },
    ),
    row(
      'back and forth',
      (o, x) => {
        const a = o.sub(x, o.mean(x, 0, { keep: true }));
        const b = o.div(a, o.add(o.sqrt(o.mean(o.square(a), 1, { keep: true })), 0.1));
        return o.matmul(b, o.softmax(b), { tb: true });
      },
      [normal([4, 5])],
      { ulps: 100, of: 'largest' },
    ),
    row(
      'a view of a fused value',
      (o, x) =>
        o.mul(
          o.transpose(o.exp(x)),
          o.slice(o.sin(x), [
            [0, 1],
            [0, 1],
          ]),
        ),
      [normal([3, 4])],
      { ulps: 12 },
    ),
    row(
      'a value and its own transpose',
      (o, x) => {
        const y = o.exp(x);
        return o.mul(o.add(y, o.transpose(y)), o.flip(y, 0));
      },
      [normal([4, 4])],
      { ulps: 16 },
    ),
    row(
      'a mask used twice',
      (o, x, y) => {
        const mask = o.greater(x, 0);
        return [o.where(mask, x, y), o.mul(o.cast(mask, 'f32'), y)];
      },
      [away([7]), normal([7])],
      { ulps: 2 },
    ),
    row(
      'rank 6',
      (o, x) =>
        o.add(
          o.permute(x, [5, 3, 1, 0, 2, 4]),
          o.sum(x, [0, 2, 4, 5], { keep: false }).shape.length,
        ),
      [normal([2, 3, 1, 2, 2, 2])],
      { ulps: 2, probes: 6 },
    ),
    row(
      'broadcast of rank 5',
      (o, a, b) => o.mul(o.permute(a, [2, 1, 0]), b),
      [normal([2, 3, 2]), normal([2, 2, 1, 1, 2])],
      {
        ulps: 2,
      },
    ),
  ],
  4,
);
