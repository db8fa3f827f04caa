import { broadcast, build, lift, type Nd, type NdArg, spread } from './array.ts';

/** An op that computes each element from the elements at the same (broadcast) place. */
export function pointwise<A extends NdArg[]>(f: (...v: number[]) => number, dtype?: Nd['dtype']) {
  return (...args: A): Nd => {
    const xs = args.map(lift);
    const kind = dtype ?? xs.find((_, i) => typeof args[i] !== 'number')?.dtype ?? 'f32';
    return build(
      broadcast(...xs.map((x) => x.shape)),
      (index) => f(...xs.map((x) => spread(x, index))),
      kind,
    );
  };
}

const unary = (f: (v: number) => number) => pointwise<[NdArg]>(f as (...v: number[]) => number);
const binary = (f: (a: number, b: number) => number) =>
  pointwise<[NdArg, NdArg]>(f as (...v: number[]) => number);
const test = (f: (a: number, b: number) => boolean) =>
  pointwise<[NdArg, NdArg]>((a, b) => +f(a!, b!), 'u32');

/** erf by the series 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!, all of whose terms agree in sign. */
export function erfOf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = 0;
  for (let n = 0; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    total += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return x === 0 || Number.isNaN(x) ? x : (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** log(1 + exp(x)) without overflow. */
export const softplusOf = (x: number): number =>
  x === -Infinity ? 0 : Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** 1 / (1 + exp(-x)). */
export const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));

/** Rounds halves to even, as WGSL and IEEE do. */
export function roundOf(x: number): number {
  if (Math.abs(x % 1) !== 0.5) return x === 0 || Math.abs(x) < 0.5 ? x * 0 : Math.round(x);
  return 2 * Math.round(x / 2);
}

/** a^b with the special cases of C, where 1 to anything and ±1 to ±Infinity is 1. */
const powOf = (a: number, b: number): number =>
  a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;

export const add = binary((a, b) => a + b);
export const sub = binary((a, b) => a - b);
export const mul = binary((a, b) => a * b);
export const div = binary((a, b) => a / b);
export const pow = binary(powOf);
export const minimum = binary((a, b) => Math.min(a, b));
export const maximum = binary((a, b) => Math.max(a, b));

export const neg = unary((v) => -v);
export const abs = unary(Math.abs);
export const sign = unary(Math.sign);
export const square = unary((v) => v * v);
export const sqrt = unary(Math.sqrt);
export const rsqrt = unary((v) => 1 / Math.sqrt(v));
export const reciprocal = unary((v) => 1 / v);
export const exp = unary(Math.exp);
export const expm1 = unary(Math.expm1);
export const log = unary(Math.log);
export const log1p = unary(Math.log1p);
export const sin = unary(Math.sin);
export const cos = unary(Math.cos);
export const tanh = unary(Math.tanh);
export const sigmoid = unary(sigmoidOf);
export const logSigmoid = unary((v) => -softplusOf(-v));
export const softplus = unary(softplusOf);
export const relu = unary((v) => Math.max(v, 0));
export const silu = unary((v) => v * sigmoidOf(v));
export const gelu = unary((v) => v * 0.5 * erfcOf(-v / Math.SQRT2));
export const erf = unary(erfOf);
export const floor = unary(Math.floor);
export const round = unary(roundOf);
export const leakyRelu = (x: NdArg, slope: NdArg = 0.01): Nd =>
  pointwise<NdArg[]>((v, s) => (v! > 0 ? v! : v! * s!))(x, slope);
export const elu = (x: NdArg, alpha: NdArg = 1): Nd =>
  pointwise<NdArg[]>((v, a) => (v > 0 ? v : a * Math.expm1(v)))(x, alpha);
export const clamp = (x: NdArg, low: NdArg, high: NdArg): Nd =>
  pointwise<NdArg[]>((v, a, b) => Math.min(Math.max(v!, a!), b!))(x, low, high);

export const equal = test((a, b) => a === b);
export const notEqual = test((a, b) => a !== b);
export const less = test((a, b) => a < b);
export const lessEqual = test((a, b) => a <= b);
export const greater = test((a, b) => a > b);
export const greaterEqual = test((a, b) => a >= b);
export const logicalAnd = test((a, b) => a !== 0 && b !== 0);
export const logicalOr = test((a, b) => a !== 0 || b !== 0);
export const logicalNot = pointwise<[NdArg]>((v) => +(v === 0), 'u32');

/** Where the condition is not zero, a; elsewhere b. */
export function where(cond: NdArg, a: NdArg, b: NdArg): Nd {
  const dtype = typeof a !== 'number' ? a.dtype : lift(b).dtype;
  return pointwise<NdArg[]>((c, x, y) => (c !== 0 ? x! : y!), dtype)(cond, a, b);
}

/** Conversion between types: towards zero and clamped to the range for integers. */
export function cast(x: NdArg, dtype: Nd['dtype']): Nd {
  const range = { u8: [0, 255], u32: [0, 2 ** 32 - 1], i32: [-(2 ** 31), 2 ** 31 - 1] };
  const f = (v: number) => {
    if (dtype === 'f32') return v;
    const [low, high] = range[dtype] as [number, number];
    return Math.min(Math.max(Math.trunc(v), low), high);
  };
  return pointwise<[NdArg]>((v) => f(v!), dtype)(x);
}

/** The identity; that no gradient passes is the engine's affair. */
export const stopGradient = (x: Nd): Nd => x;

/** 1 - erf(x) without cancellation for large x: continued fraction of Legendre beyond 2. */
export function erfcOf(x: number): number {
  if (x < 2) return 1 - erfOf(x);
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
