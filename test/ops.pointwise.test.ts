import { table } from './check.ts';
import { away, distinct, list, normal, uniform, indices } from './inputs.ts';
import { nd } from './reference.ts';
import { row } from './rows.ts';

// Pointwise functions promise 4 roundings (2^-24) unless their row says more.
const x = normal([3, 5]);
const positive = uniform([7], 0.3, 3);

table('pointwise, one argument', [
  row('neg', (o, x) => o.neg(x), [x], { ulps: 0 }),
  row('square', (o, x) => o.square(x), [x], { ulps: 1 }),
  row('exp', (o, x) => o.exp(x), [x]),
  row('expm1', (o, x) => o.expm1(x), [x]),
  row('expm1 near 0', (o, x) => o.expm1(x), [normal([5], 1e-3)]),
  row('sin', (o, x) => o.sin(x), [x]),
  row('cos', (o, x) => o.cos(x), [x]),
  row('tanh', (o, x) => o.tanh(x), [x]),
  row('tanh near 0', (o, x) => o.tanh(x), [normal([5], 1e-3)]),
  row('sigmoid', (o, x) => o.sigmoid(x), [x]),
  row('logSigmoid', (o, x) => o.logSigmoid(x), [x]),
  row('softplus', (o, x) => o.softplus(x), [x]),
  row('silu', (o, x) => o.silu(x), [x]),
  row('gelu', (o, x) => o.gelu(x), [x]),
  row('erf', (o, x) => o.erf(x), [x]),
  row('log', (o, x) => o.log(x), [positive]),
  row('log near 1', (o, x) => o.log(x), [uniform([9], 0.99, 1.01)], { second: 1e-3 }),
  row('log1p', (o, x) => o.log1p(x), [positive]),
  row('log1p near 0', (o, x) => o.log1p(x), [normal([5], 1e-3)], { second: 2e-3 }),
  row('sqrt', (o, x) => o.sqrt(x), [positive]),
  row('rsqrt', (o, x) => o.rsqrt(x), [positive]),
  row('reciprocal', (o, x) => o.reciprocal(x), [positive]),
  row('abs', (o, x) => o.abs(x), [away([5, 3])], { ulps: 0 }),
  row('relu', (o, x) => o.relu(x), [away([5, 3])], { ulps: 0 }),
  row('leakyRelu', (o, x) => o.leakyRelu(x, 0.2), [away([5, 3])], { ulps: 2 }),
  row('elu', (o, x) => o.elu(x), [away([5, 3])]),
  row('elu, alpha 0.3', (o, x) => o.elu(x, 0.3), [away([5, 3])]),
  row('clamp', (o, x) => o.clamp(x, -1.37, 1.37), [distinct([11])], { ulps: 1 }),
  row('stopGradient', (o, x) => o.stopGradient(x), [x], { ulps: 0, gradient: 'zero' }),
  row('sign', (o, x) => o.sign(x), [away([5, 3])], { ulps: 0, gradient: 'zero' }),
  row('floor', (o, x) => o.floor(x), [distinct([11])], { ulps: 0, gradient: 'zero' }),
  row('round', (o, x) => o.round(x), [distinct([11])], { ulps: 0, gradient: 'zero' }),
  row('sigmoid of outliers', (o, x) => o.sigmoid(x), [normal([5], 20)]),
  row('softplus of outliers', (o, x) => o.softplus(x), [normal([5], 20)]),
  row('tanh of rank 0', (o, x) => o.tanh(x), [normal([])]),
  row('exp of nothing', (o, x) => o.exp(x), [normal([0, 3])]),
]);

table('pointwise, two arguments', [
  row('add', (o, a, b) => o.add(a, b), [normal([5, 1]), normal([3])], { ulps: 1 }),
  row('sub', (o, a, b) => o.sub(a, b), [normal([2, 1, 5]), normal([3, 1])], { ulps: 1 }),
  row('mul', (o, a, b) => o.mul(a, b), [normal([7]), normal([])], { ulps: 1 }),
  row('div', (o, a, b) => o.div(a, b), [normal([2, 3]), uniform([3], 0.5, 2)]),
  row('add of rank 0 and 0', (o, a, b) => o.add(a, b), [normal([]), normal([])], { ulps: 1 }),
  row('mul of nothing', (o, a, b) => o.mul(a, b), [normal([1]), normal([0])]),
  row('sub of nothing', (o, a, b) => o.sub(a, b), [normal([0, 3]), normal([1, 3])]),
  row('mul by itself', (o, a) => o.mul(a, a), [normal([13])], { ulps: 1 }),
  row('add a number', (o, a) => o.add(a, 2.5), [normal([5])], { ulps: 1 }),
  row('subtract from a number', (o, a) => o.sub(1, a), [normal([5])], { ulps: 1 }),
  row('divide a number', (o, a) => o.div(3, a), [uniform([5], 0.5, 2)]),
  row('pow', (o, a, b) => o.pow(a, b), [uniform([3, 1], 0.4, 2), normal([4])], { ulps: 16 }),
  row('pow of a whole exponent', (o, a) => o.pow(a, 3), [away([7])], { ulps: 8 }),
  row('pow of exponent 2', (o, a) => o.pow(a, 2), [away([7])], { ulps: 8 }),
  row('pow of exponent -1', (o, a) => o.pow(a, -1), [away([7], 0, 0.5)], { ulps: 8 }),
  row('a number to the power', (o, a) => o.pow(2, a), [normal([5])], { ulps: 8 }),
  row('minimum', (o, a, b) => o.minimum(a, b), [distinct([4, 3]), list(0.2, -0.05, 0.45)], {
    ulps: 0,
  }),
  row('maximum', (o, a, b) => o.maximum(a, b), [distinct([4, 3]), list(0.2, -0.05, 0.45)], {
    ulps: 0,
  }),
  row('maximum with a number', (o, a) => o.maximum(a, 0.125), [distinct([7])], { ulps: 0 }),
  row(
    'where',
    (o, c, a, b) => o.where(c, a, b),
    [indices([3, 1], 2), normal([4]), normal([3, 4])],
    { ulps: 0 },
  ),
  row('where greater', (o, a) => o.where(o.greater(a, 0), o.square(a), a), [away([9])], {
    ulps: 1,
  }),
  row('where of numbers', (o, a) => o.where(o.less(a, 0), 1, o.exp(a)), [away([9])]),
]);

const few = list(-1, -0, 0, 1, 2, 2);
const other = list(1, 0, -1, 1, 3, 2);
const whole = nd([4], [1, 2, 3, 0], 'u32');
const signed = nd([4], [-7, 2, 3, 0], 'i32');
const exact = { ulps: 0, gradient: 'none' } as const;

table('comparisons, logic and integers', [
  row('equal', (o, a, b) => o.equal(a, b), [few, other], exact),
  row('notEqual', (o, a, b) => o.notEqual(a, b), [few, other], exact),
  row('less', (o, a, b) => o.less(a, b), [few, other], exact),
  row('lessEqual', (o, a, b) => o.lessEqual(a, b), [few, other], exact),
  row('greater', (o, a, b) => o.greater(a, b), [few, other], exact),
  row('greaterEqual', (o, a, b) => o.greaterEqual(a, b), [few, other], exact),
  row('less, broadcast', (o, a, b) => o.less(a, b), [normal([3, 1]), normal([4])], exact),
  row('logicalAnd', (o, a, b) => o.logicalAnd(o.less(a, b), o.less(0, b)), [few, other], exact),
  row('logicalOr', (o, a, b) => o.logicalOr(o.less(a, b), o.less(0, b)), [few, other], exact),
  row('logicalNot', (o, a) => o.logicalNot(a), [whole], exact),
  row('comparison as a number', (o, a) => o.cast(o.greater(a, 0), 'f32'), [away([7])], {
    ulps: 0,
    gradient: 'zero',
  }),
  row('add of u32', (o, a, b) => o.add(a, b), [whole, whole], exact),
  row('mul of i32', (o, a, b) => o.mul(a, b), [signed, signed], exact),
  row('sub of i32 and a number', (o, a) => o.sub(a, 3), [signed], exact),
  row('neg of i32', (o, a) => o.neg(a), [signed], exact),
  row('maximum of i32', (o, a) => o.maximum(a, 0), [signed], exact),
  row('equal of u32', (o, a) => o.equal(a, 2), [whole], exact),
  row('cast to i32', (o, a) => o.cast(a, 'i32'), [list(-1.7, -0.2, 0.9, 3)], exact),
  row('cast to u32', (o, a) => o.cast(a, 'u32'), [list(0.2, 1.9, 3e9)], exact),
  row('cast of u32', (o, a) => o.cast(a, 'f32'), [whole], exact),
  row('cast of i32', (o, a) => o.cast(a, 'f32'), [signed], exact),
  row('cast of u8', (o, a) => o.cast(a, 'f32'), [nd([5], [0, 1, 127, 128, 255], 'u8')], exact),
  row('cast of f32 to f32', (o, a) => o.cast(a, 'f32'), [normal([5])], { ulps: 0 }),
]);
