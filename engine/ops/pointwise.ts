import { demand } from '../errors.ts';
import { defineFill, makeNode, type OpDefinition, op, scalarLeaf } from '../op.ts';
import { type Arg, type DType, dims, isFloat, type Shape, type Tensor } from '../tensor.ts';

/** NumPy's rule: align at the right, sizes must be equal or 1. Throws naming both shapes. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    demand(
      x === y || x === 1 || y === 1,
      () =>
        `shapes do not broadcast: ${dims(a)} and ${dims(b)}. ` +
        'Aligned at the right, sizes must be equal or 1; reshape one of them.',
    );
    return x === 1 ? y : x;
  });
}

interface Row<A> extends Pick<OpDefinition<A>, 'vjp'> {
  /** WGSL of one element. Names ending in 32 are functions of shaders/pointwise/functions.wgsl. */
  code(args: string[], attrs: A, dtype: DType): string;
  /** Dtypes accepted; f32 alone unless said. */
  accepts?: readonly DType[];
  /** Dtype of the result; that of the inputs unless said. */
  result?(attrs: A): DType;
  /** The value when all inputs are plain numbers. */
  fold?(...args: number[]): number;
  /** Number of leading inputs that may have a dtype of their own. */
  free?: number;
}

const FLOAT = ['f32'] as const;
const NUMBER = ['f32', 'i32', 'u32'] as const;

/** Defines a pointwise op: shapes broadcast, dtypes agree, chains of them fuse into one kernel. */
function pointwise<A = void>(name: string, row: Row<A>) {
  const { accepts = FLOAT, free = 0, fold, result } = row;
  const define = op<A>(name, {
    kind: 'pointwise',
    code: row.code,
    vjp: row.vjp,
    shape(inputs, attrs) {
      const typed = inputs.slice(free);
      const dtype = typed[0].dtype;
      for (const t of typed) {
        demand(
          t.dtype === dtype,
          () =>
            `dtypes differ: ${typed.map((x) => `${dims(x)} ${x.dtype}`).join(', ')}. Use cast(x, '${dtype}').`,
        );
      }
      demand(
        accepts.includes(dtype),
        () =>
          `${dims(typed[0])} is ${dtype}, expected ${accepts.join(' or ')}. Use cast(x, '${accepts[0]}').`,
      );
      const shape = inputs.map((t) => t.shape).reduce(broadcastShapes);
      return { shape, dtype: result ? result(attrs) : dtype };
    },
  });
  if (!fold) return define;
  const folded = (args: readonly Arg[], attrs?: A): Tensor => {
    const values = args.map(constant);
    if (values.every((v) => v !== null)) return number(Math.fround(fold(...(values as number[]))));
    return define(args, attrs);
  };
  return Object.assign(folded, define);
}

/** The value of a plain number, null for anything else: arithmetic on numbers stays in JS. */
function constant(arg: Arg): number | null {
  if (typeof arg === 'number') return arg;
  return 'node' in arg && arg.node.op === scalarLeaf && arg.dtype === 'f32'
    ? arg.node.attrs.value
    : null;
}

const number = (value: number): Tensor =>
  makeNode(scalarLeaf, [], { value }, [{ shape: [], dtype: 'f32' }]).outputs[0];

const unary = (name: string, fn: (x: string) => string, vjp: Row<void>['vjp'], more = {}) =>
  pointwise(name, { code: ([x]) => fn(x), vjp, ...more });
const call = (fn: string) => (x: string) => `${fn}(${x})`;
const pick = (float: string, integer: string, dtype: DType): string =>
  dtype === 'f32' ? float : integer;

const addOp = pointwise('add', {
  accepts: NUMBER,
  code: ([a, b]) => `${a} + ${b}`,
  fold: (a, b) => a + b,
  vjp: ([g]) => [g, g],
});
const subOp = pointwise('sub', {
  accepts: NUMBER,
  code: ([a, b]) => `${a} - ${b}`,
  fold: (a, b) => a - b,
  vjp: ([g]) => [g, neg(g)],
});
const mulOp = pointwise('mul', {
  accepts: NUMBER,
  code: ([a, b]) => `${a} * ${b}`,
  fold: (a, b) => a * b,
  vjp: ([g], [a, b]) => [mul(g, b), mul(g, a)],
});
const divOp = pointwise('div', {
  accepts: NUMBER,
  code: ([a, b], _, dtype) => pick(`div32(${a}, ${b})`, `${a} / ${b}`, dtype),
  fold: (a, b) => a / b,
  vjp: ([g], [, b], _, [y]) => [div(g, b), neg(div(mul(g, y), b))],
});
const powOp = pointwise('pow', {
  code: ([a, b]) => `pow32(${a}, ${b})`,
  vjp: ([g], [a, b], _, [y]) => [
    mul(g, mul(b, pow(a, sub(b, 1)))),
    mul(g, where(greater(a, 0), mul(y, log(maximum(a, 1e-38))), 0)),
  ],
});
const maximumOp = pointwise('maximum', {
  accepts: NUMBER,
  code: ([a, b], _, dtype) => pick(`maximum32(${a}, ${b})`, `max(${a}, ${b})`, dtype),
  vjp: ([g], [a, b]) => [where(greaterEqual(a, b), g, 0), where(greaterEqual(a, b), 0, g)],
});
const minimumOp = pointwise('minimum', {
  accepts: NUMBER,
  code: ([a, b], _, dtype) => pick(`minimum32(${a}, ${b})`, `min(${a}, ${b})`, dtype),
  vjp: ([g], [a, b]) => [where(lessEqual(a, b), g, 0), where(lessEqual(a, b), 0, g)],
});
const clampOp = pointwise('clamp', {
  accepts: NUMBER,
  code: ([x, lo, hi], _, dtype) =>
    pick(`minimum32(maximum32(${x}, ${lo}), ${hi})`, `min(max(${x}, ${lo}), ${hi})`, dtype),
  vjp: ([g], [x, lo, hi]) => [
    where(logicalAnd(greaterEqual(x, lo), lessEqual(x, hi)), g, 0),
    null,
    null,
  ],
});
const whereOp = pointwise('where', {
  accepts: NUMBER,
  free: 1,
  code: ([c, a, b]) => `select(${a}, ${b}, ${c} == 0)`,
  vjp: ([g], [c]) => [null, where(c, g, 0), where(c, 0, g)],
});
const leakyReluOp = pointwise('leakyRelu', {
  code: ([x, slope]) => `select(${x} * ${slope}, ${x}, ${x} > 0.0)`,
  vjp: ([g], [, slope], _, [y]) => [where(greater(y, 0), g, mul(g, slope)), null],
});
const eluOp = pointwise('elu', {
  code: ([x, alpha]) => `elu32(${x}, ${alpha})`,
  vjp: ([g], [, alpha], _, [y]) => [where(greater(y, 0), g, mul(g, add(y, alpha))), null],
});
const castOp = pointwise<{ dtype: DType }>('cast', {
  accepts: ['f32', 'f16', 'i32', 'u32', 'u8'],
  code: ([x], { dtype }) => (dtype === 'f16' ? `half32(${x})` : `${dtype}(${x})`),
  result: ({ dtype }) => dtype,
  vjp: ([g], [x]) => [isFloat(x.dtype) ? cast(g, x.dtype as 'f32' | 'f16') : null],
});
/** The identity: puts a number, or a copy of a tensor, into memory. */
export const fillOp = pointwise('fill', { accepts: NUMBER, code: ([x]) => x, vjp: ([g]) => [g] });
defineFill((t) => fillOp([t]));

// NaN differs from everything, and is true. Only == is used: some drivers deny `nan != x`.
const compare = (name: string, sign: string) =>
  pointwise(name, {
    accepts: NUMBER,
    code: ([a, b]) => (sign === '!=' ? `u32(!(${a} == ${b}))` : `u32(${a} ${sign} ${b})`),
    result: () => 'u32',
  });
const equalOp = compare('equal', '==');
const notEqualOp = compare('notEqual', '!=');
const lessOp = compare('less', '<');
const lessEqualOp = compare('lessEqual', '<=');
const greaterOp = compare('greater', '>');
const greaterEqualOp = compare('greaterEqual', '>=');
/** By De Morgan: `sign` joins the tests for 0. */
const logical = (name: string, sign: string) =>
  pointwise(name, {
    accepts: ['u32', 'i32', 'f32'],
    code: ([a, b]) => `u32(!((${a} == 0) ${sign} (${b} == 0)))`,
    result: () => 'u32',
  });
const andOp = logical('logicalAnd', '|');
const orOp = logical('logicalOr', '&');
const notOp = unary('logicalNot', (x) => `u32(${x} == 0)`, undefined, {
  accepts: ['u32', 'i32', 'f32'],
  result: () => 'u32',
});

const negOp = unary(
  'neg',
  (x) => `-${x}`,
  ([g]) => [neg(g)],
  {
    accepts: ['f32', 'i32'],
    fold: (x: number) => -x,
  },
);
const absOp = unary('abs', call('abs'), ([g], [x]) => [mul(g, sign(x))], {
  accepts: ['f32', 'i32'],
});
const signOp = unary('sign', call('sign32'), () => [null]);
const squareOp = unary(
  'square',
  (x) => `${x} * ${x}`,
  ([g], [x]) => [mul(g, mul(x, 2))],
);
const sqrtOp = unary('sqrt', call('sqrt32'), ([g], _, __, [y]) => [div(mul(g, 0.5), y)]);
const rsqrtOp = unary('rsqrt', call('rsqrt32'), ([g], [x], _, [y]) => [
  mul(g, div(mul(y, -0.5), x)),
]);
const reciprocalOp = unary('reciprocal', call('reciprocal32'), ([g], _, __, [y]) => [
  neg(mul(g, square(y))),
]);
const expOp = unary('exp', call('exp32'), ([g], _, __, [y]) => [mul(g, y)]);
const expm1Op = unary('expm1', call('expm1_32'), ([g], _, __, [y]) => [mul(g, add(y, 1))]);
const logOp = unary('log', call('log32'), ([g], [x]) => [div(g, x)]);
const log1pOp = unary('log1p', call('log1p32'), ([g], [x]) => [div(g, add(x, 1))]);
const sinOp = unary('sin', call('sin32'), ([g], [x]) => [mul(g, cos(x))]);
const cosOp = unary('cos', call('cos32'), ([g], [x]) => [neg(mul(g, sin(x)))]);
const tanhOp = unary('tanh', call('tanh32'), ([g], _, __, [y]) => [mul(g, sub(1, square(y)))]);
const sigmoidOp = unary('sigmoid', call('sigmoid32'), ([g], _, __, [y]) => [
  mul(g, mul(y, sub(1, y))),
]);
const logSigmoidOp = unary('logSigmoid', call('logSigmoid32'), ([g], [x]) => [
  mul(g, sigmoid(neg(x))),
]);
const softplusOp = unary('softplus', call('softplus32'), ([g], [x]) => [mul(g, sigmoid(x))]);
const reluOp = unary(
  'relu',
  (x) => `maximum32(${x}, 0.0)`,
  ([g], _, __, [y]) => [where(greater(y, 0), g, 0)],
);
const siluOp = unary('silu', call('silu32'), ([g], [x]) => {
  const s = sigmoid(x);
  return [mul(g, mul(s, add(1, mul(x, sub(1, s)))))];
});
const geluOp = unary('gelu', call('gelu32'), ([g], [x]) => {
  const cdf = mul(0.5, add(1, erf(mul(x, Math.SQRT1_2))));
  const pdf = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [mul(g, add(cdf, mul(x, pdf)))];
});
const erfOp = unary('erf', call('erf32'), ([g], [x]) => [
  mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
]);
const floorOp = unary('floor', call('floor'), () => [null]);
const roundOp = unary('round', call('round32'), () => [null]);

/** a + b, broadcast. */
export const add = (a: Arg, b: Arg): Tensor => addOp([a, b]);
/** a − b, broadcast. */
export const sub = (a: Arg, b: Arg): Tensor => subOp([a, b]);
/** a · b elementwise, broadcast. */
export const mul = (a: Arg, b: Arg): Tensor => mulOp([a, b]);
/** a / b, broadcast; x/0 is ±Inf, 0/0 is NaN. */
export const div = (a: Arg, b: Arg): Tensor => divOp([a, b]);
/** −x. */
export const neg = (x: Arg): Tensor => negOp([x]);
/** |x|; the gradient at 0 is 0. */
export const abs = (x: Arg): Tensor => absOp([x]);
/** −1, 0 or 1; its gradient is 0. */
export const sign = (x: Arg): Tensor => signOp([x]);
/** x². */
export const square = (x: Arg): Tensor => squareOp([x]);
/** √x; NaN below 0. */
export const sqrt = (x: Arg): Tensor => sqrtOp([x]);
/** 1/√x. */
export const rsqrt = (x: Arg): Tensor => rsqrtOp([x]);
/** 1/x. */
export const reciprocal = (x: Arg): Tensor => reciprocalOp([x]);
/** a to the power b, as C's pow. The gradient for b is 0 where a ≤ 0. */
export const pow = (a: Arg, b: Arg): Tensor => powOp([a, b]);
/** eˣ. */
export const exp = (x: Arg): Tensor => expOp([x]);
/** eˣ − 1, accurate near 0. */
export const expm1 = (x: Arg): Tensor => expm1Op([x]);
/** Natural logarithm; −Inf at 0, NaN below. */
export const log = (x: Arg): Tensor => logOp([x]);
/** log(1 + x), accurate near 0. */
export const log1p = (x: Arg): Tensor => log1pOp([x]);
/** Sine of radians. */
export const sin = (x: Arg): Tensor => sinOp([x]);
/** Cosine of radians. */
export const cos = (x: Arg): Tensor => cosOp([x]);
/** Hyperbolic tangent. */
export const tanh = (x: Arg): Tensor => tanhOp([x]);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: Arg): Tensor => sigmoidOp([x]);
/** log sigmoid(x), stable for all x. */
export const logSigmoid = (x: Arg): Tensor => logSigmoidOp([x]);
/** log(1 + eˣ), stable for all x. */
export const softplus = (x: Arg): Tensor => softplusOp([x]);
/** max(x, 0); the gradient at 0 is 0. */
export const relu = (x: Arg): Tensor => reluOp([x]);
/** x above 0, slope · x below; slope ≥ 0. */
export function leakyRelu(x: Arg, slope = 0.01): Tensor {
  demand(
    slope >= 0,
    () => `leakyRelu: slope expected to be at least 0, got ${slope}. Use where() for other shapes.`,
  );
  return leakyReluOp([x, slope]);
}
/** x above 0, alpha · (eˣ − 1) below; alpha > 0 (Clevert et al. 2015, arXiv 1511.07289). */
export const elu = (x: Arg, alpha = 1): Tensor => eluOp([x, alpha]);
/** x · sigmoid(x). */
export const silu = (x: Arg): Tensor => siluOp([x]);
/** x · Φ(x) with the exact normal distribution function (arXiv 1606.08415). */
export const gelu = (x: Arg): Tensor => geluOp([x]);
/** The error function. */
export const erf = (x: Arg): Tensor => erfOp([x]);
/** The smaller; at ties the gradient goes to a. NaN wins. */
export const minimum = (a: Arg, b: Arg): Tensor => minimumOp([a, b]);
/** The larger; at ties the gradient goes to a. NaN wins. */
export const maximum = (a: Arg, b: Arg): Tensor => maximumOp([a, b]);
/** x limited to [lo, hi]; the gradient is 1 inside and on the limits. */
export const clamp = (x: Arg, lo: number, hi: number): Tensor => clampOp([x, lo, hi]);
/** a where the condition is not 0, else b. The condition may have any dtype. */
export function where(condition: Arg, a: Arg, b: Arg): Tensor {
  const dtype = typeof a !== 'number' ? a.dtype : typeof b !== 'number' ? b.dtype : 'f32';
  return whereOp([condition, scalarOf(a, dtype), scalarOf(b, dtype)]);
}
/** Largest integer not above x. */
export const floor = (x: Arg): Tensor => floorOp([x]);
/** Nearest integer, halves to even. */
export const round = (x: Arg): Tensor => roundOp([x]);
/** 1 where a = b, else 0 (u32). */
export const equal = (a: Arg, b: Arg): Tensor => equalOp([a, b]);
/** 1 where a ≠ b, else 0 (u32). */
export const notEqual = (a: Arg, b: Arg): Tensor => notEqualOp([a, b]);
/** 1 where a < b, else 0 (u32). */
export const less = (a: Arg, b: Arg): Tensor => lessOp([a, b]);
/** 1 where a ≤ b, else 0 (u32). */
export const lessEqual = (a: Arg, b: Arg): Tensor => lessEqualOp([a, b]);
/** 1 where a > b, else 0 (u32). */
export const greater = (a: Arg, b: Arg): Tensor => greaterOp([a, b]);
/** 1 where a ≥ b, else 0 (u32). */
export const greaterEqual = (a: Arg, b: Arg): Tensor => greaterEqualOp([a, b]);
/** 1 where both are not 0 (u32). */
export const logicalAnd = (a: Arg, b: Arg): Tensor => andOp([a, b]);
/** 1 where either is not 0 (u32). */
export const logicalOr = (a: Arg, b: Arg): Tensor => orOp([a, b]);
/** 1 where x is 0 (u32). */
export const logicalNot = (x: Arg): Tensor => notOp([x]);
/**
 * The same values in another dtype; floats are truncated towards 0 when they become integers, and
 * rounded to the nearest when they become f16, which is for storage alone and needs the adapter's
 * `shader-f16`.
 */
export function cast(x: Arg, dtype: Exclude<DType, 'u8'>): Tensor {
  demand(
    dtype === 'f16' || NUMBER.includes(dtype),
    () => `cast: ${dtype} is nothing to cast to, expected f32, f16, i32 or u32. Use u32 for bytes.`,
  );
  return castOp([x], { dtype });
}

/** A number as a scalar of a given dtype; tensors pass. */
const scalarOf = (a: Arg, dtype: DType): Arg =>
  typeof a === 'number'
    ? makeNode(scalarLeaf, [], { value: a }, [{ shape: [], dtype }]).outputs[0]
    : a;
