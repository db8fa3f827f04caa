import { table } from './check.ts';
import { list } from './inputs.ts';
import { nd } from './reference.ts';
import { row } from './rows.ts';

const [inf, nan] = [Infinity, NaN];
const forward = { ulps: 8, gradient: 'none' } as const;

table('special values of reductions', [
  row('sum with Inf', (o, x) => o.sum(x), [list(1, inf, -2)], forward),
  row('sum with both Inf', (o, x) => o.sum(x), [list(-inf, inf, -2)], forward),
  row('sum with NaN', (o, x) => o.sum(x), [list(1, nan, -2)], forward),
  row('mean with NaN', (o, x) => o.mean(x), [list(1, nan, -2)], forward),
  row('prod with 0 and Inf', (o, x) => o.prod(x), [list(0, inf, 2)], forward),
  row('max with NaN', (o, x) => o.max(x), [list(1, nan, 2)], forward),
  row('max with NaN first', (o, x) => o.max(x), [list(nan, 1, 2)], forward),
  row('min with NaN last', (o, x) => o.min(x), [list(3, 1, nan)], forward),
  row('max of -Inf', (o, x) => o.max(x), [list(-inf, -inf)], forward),
  row('min with Inf', (o, x) => o.min(x), [list(inf, 5, -inf)], forward),
  row('argmax with Inf', (o, x) => o.argmax(x), [list(1, inf, inf)], forward),
  row(
    'argmax of -Inf in a huge line',
    (o, x) => o.argmax(x),
    [nd([32771], Array(32771).fill(-inf))],
    forward,
  ),
  row('argmin of -Inf', (o, x) => o.argmin(x), [list(-inf, -inf)], forward),
  row('variance with Inf', (o, x) => o.variance(x), [list(1, inf)], forward),
  row('norm with -Inf', (o, x) => o.norm(x), [list(1, -inf)], forward),
  row('logSumExp of large', (o, x) => o.logSumExp(x), [list(1e4, 1e4 - 1, -1e4)], forward),
  row('logSumExp with -Inf', (o, x) => o.logSumExp(x), [list(-inf, 0, 1)], forward),
  row('logSumExp of -Inf', (o, x) => o.logSumExp(x), [list(-inf, -inf)], forward),
  row('logSumExp with Inf', (o, x) => o.logSumExp(x), [list(1, inf)], forward),
  row('logSumExp with NaN', (o, x) => o.logSumExp(x), [list(1, nan)], forward),
  row('softmax of large', (o, x) => o.softmax(x), [list(1e4, 1e4 - 1, -1e4)], forward),
  row('softmax with -Inf', (o, x) => o.softmax(x), [list(-inf, 0, 1)], forward),
  row('softmax of -Inf', (o, x) => o.softmax(x), [list(-inf, -inf)], forward),
  row('softmax with NaN', (o, x) => o.softmax(x), [list(1, nan, 3)], forward),
  row('logSoftmax of large', (o, x) => o.logSoftmax(x), [list(1e4, -1e4, 9e3)], forward),
  row('logSoftmax with -Inf', (o, x) => o.logSoftmax(x), [list(-inf, 0, 1)], forward),
  row('cumsum with Inf', (o, x) => o.cumsum(x), [list(1, inf, 2, -inf)], forward),
  row('cumsum with NaN', (o, x) => o.cumsum(x), [list(1, nan, 2)], forward),
  row('topK with -Inf', (o, x) => Object.values(o.topK(x, 2)), [list(-inf, 3, -inf)], forward),
  row('layerNorm of equals', (o, x) => o.layerNorm(x), [list(7, 7, 7, 7)], forward),
  row('layerNorm with NaN', (o, x) => o.layerNorm(x), [list(7, nan, 1)], forward),
]);
