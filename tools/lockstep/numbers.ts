import type { Scalar } from './types.ts';

// What WGSL's operators and builtins do to numbers. f32 values are JS numbers that Math.fround
// leaves alone; each result is rounded once. Integers wrap.

type Op = (a: number, b: number) => number;

const truncate = (x: number) => Math.trunc(x) || 0;

const integer = (wrap: (x: number) => number, shiftRight: Op): Record<string, Op> => ({
  '+': (a, b) => wrap(a + b),
  '-': (a, b) => wrap(a - b),
  '*': (a, b) => wrap(Math.imul(a, b)),
  '/': (a, b) => (b === 0 ? a : wrap(truncate(a / b))), // WGSL: a / 0 is a
  '%': (a, b) => (b === 0 ? 0 : wrap(a % b)),
  '&': (a, b) => wrap(a & b),
  '|': (a, b) => wrap(a | b),
  '^': (a, b) => wrap(a ^ b),
  '<<': (a, b) => wrap(a << (b & 31)),
  '>>': shiftRight,
});

const floating = (round: (x: number) => number): Record<string, Op> => ({
  '+': (a, b) => round(a + b),
  '-': (a, b) => round(a - b),
  '*': (a, b) => round(a * b),
  '/': (a, b) => round(a / b),
  '%': (a, b) => round(a % b),
});

/** Arithmetic by kind and sign. */
export const arithmetic: Record<Scalar, Record<string, Op>> = {
  f32: floating(Math.fround),
  float: floating((x) => x),
  i32: integer(
    (x) => x | 0,
    (a, b) => a >> (b & 31),
  ),
  u32: integer(
    (x) => x >>> 0,
    (a, b) => a >>> (b & 31),
  ),
  int: {
    ...floating((x) => x),
    '/': (a, b) => truncate(a / b),
    '<<': (a, b) => a * 2 ** b,
    '>>': (a, b) => Math.floor(a / 2 ** b),
    '&': (a, b) => Number(BigInt(a) & BigInt(b)),
    '|': (a, b) => Number(BigInt(a) | BigInt(b)),
    '^': (a, b) => Number(BigInt(a) ^ BigInt(b)),
  },
  bool: {
    '&': (a, b) => (a && b) as number,
    '|': (a, b) => (a || b) as number,
  },
};

/** Comparisons; false for a NaN. */
export const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Rounds or wraps a JS number to a value of the kind. */
export const settle: Record<Scalar, (x: number) => number> = {
  f32: Math.fround,
  float: (x) => x,
  int: (x) => x,
  i32: (x) => x | 0,
  u32: (x) => x >>> 0,
  bool: (x) => x,
};

const clampTo = (low: number, high: number) => (x: number) =>
  Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high);

/** Conversions `to(x)` from a kind; floats saturate on their way to integers. */
export function convert(from: Scalar, to: Scalar): (x: number) => number | boolean {
  if (to === 'bool') return (x) => Boolean(x);
  if (from === 'bool') return (x) => Number(x);
  const whole = from === 'f32' || from === 'float';
  if (to === 'i32') return whole ? clampTo(-(2 ** 31), 2 ** 31 - 1) : (x) => x | 0;
  if (to === 'u32') return whole ? clampTo(0, 2 ** 32 - 1) : (x) => x >>> 0;
  return to === 'f32' ? Math.fround : (x) => x;
}

const bits = new DataView(new ArrayBuffer(4));

/** The same 4 bytes read as another kind. */
export function bitcast(from: Scalar, to: Scalar): (x: number) => number {
  return (x) => {
    if (from === 'f32') bits.setFloat32(0, x);
    else bits.setUint32(0, x >>> 0);
    if (to === 'f32') return bits.getFloat32(0);
    return to === 'i32' ? bits.getInt32(0) : bits.getUint32(0);
  };
}

// A NaN is lost wherever WGSL allows it, as some drivers do.
const min = (a: number, b: number) => (Number.isNaN(a) || b < a ? b : a);
const max = (a: number, b: number) => (Number.isNaN(a) || b > a ? b : a);

function roundEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const trailing = (x: number) => (x === 0 ? 32 : 31 - Math.clz32(x & -x));

function reverse(x: number): number {
  let out = 0;
  for (let i = 0; i < 32; i++) out |= ((x >>> i) & 1) << (31 - i);
  return out;
}

const ones = (x: number) => (x >>> 0).toString(2).replaceAll('0', '').length;

function extract(x: number, offset: number, count: number): number {
  return count === 0 ? 0 : (x << (32 - Math.min(32, offset + count))) >>> (32 - count);
}

/** Builtins that work component by component; the result is settled to the arguments' kind. */
export const componentwise: Record<string, (...x: number[]) => number> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atan2: Math.atan2,
  atanh: Math.atanh,
  ceil: Math.ceil,
  clamp: (x, low, high) => min(max(x, low), high),
  cos: Math.cos,
  cosh: Math.cosh,
  countLeadingZeros: Math.clz32,
  countOneBits: ones,
  countTrailingZeros: trailing,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  extractBits: extract,
  firstLeadingBit: (x) => 31 - Math.clz32(x),
  firstTrailingBit: (x) => (x === 0 ? -1 : trailing(x)),
  floor: Math.floor,
  fma: (a, b, c) => a * b + c,
  fract: (x) => x - Math.floor(x),
  inverseSqrt: (x) => 1 / Math.sqrt(x),
  ldexp: (x, e) => x * 2 ** e,
  log: Math.log,
  log2: Math.log2,
  max,
  min,
  mix: (a, b, t) => a * (1 - t) + b * t,
  pow: (x, y) => x ** y,
  reverseBits: reverse,
  round: roundEven,
  saturate: (x) => min(max(x, 0), 1),
  sign: Math.sign,
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  step: (edge, x) => Number(x >= edge),
  tan: Math.tan,
  tanh: Math.tanh,
  trunc: Math.trunc,
};
