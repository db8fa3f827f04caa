import { beforeAll, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import { seeded } from './inputs.ts';
import { ready } from './open.ts';
import { erfcOf, erfOf, sigmoidOf, softplusOf } from './reference.ts';

// What shaders/pointwise/functions.wgsl says of its accuracy, in units in the last place (ULP) of
// float32 or as an absolute error. Adapters that do not divide exactly may lose 4 ULP more.

let slack = 0;
beforeAll(async () => {
  slack = (await ready()).software ? 0 : 4;
});

const COUNT = 1 << 14;
const random = seeded(29);

/** Floats spread evenly over [low, high]. */
const even = (low: number, high: number): Float32Array =>
  Float32Array.from({ length: COUNT }, () => low + (high - low) * random());

/** Positive floats with all exponents from low to high alike. */
function scales(low: number, high: number): Float32Array {
  const [a, b] = new Uint32Array(Float32Array.of(low, high).buffer);
  const bits = Uint32Array.from({ length: COUNT }, () => a + (b - a) * random());
  return new Float32Array(bits.buffer);
}

const both = (x: Float32Array): Float32Array => x.map((v, i) => (i % 2 ? v : -v));

interface Row {
  f: (...x: o.Tensor[]) => o.Tensor;
  want: (...x: number[]) => number;
  x: Float32Array[];
  ulps?: number;
  absolute?: number;
}

const phi = (x: number) => 0.5 * erfcOf(-x / Math.SQRT2);
const base = even(0.01, 10);

const rows: Record<string, Row> = {
  exp: { f: o.exp, want: Math.exp, x: [even(-87.3, 88.7)], ulps: 1.1 },
  expm1: { f: o.expm1, want: Math.expm1, x: [even(-30, 88.7)], ulps: 1.8 },
  'expm1 of small': { f: o.expm1, want: Math.expm1, x: [both(scales(1e-30, 1))], ulps: 1.8 },
  log: { f: o.log, want: Math.log, x: [scales(2 ** -149, 3.4e38)], ulps: 0.9 },
  'log near 1': { f: o.log, want: Math.log, x: [even(0.5, 2)], ulps: 0.9 },
  log1p: { f: o.log1p, want: Math.log1p, x: [scales(1e-30, 3e38)], ulps: 2.5 },
  'log1p below 0': { f: o.log1p, want: Math.log1p, x: [even(-1, 1)], ulps: 2.5 },
  sin: { f: o.sin, want: Math.sin, x: [even(-1e5, 1e5)], absolute: 9.5e-8 },
  'sin of small': { f: o.sin, want: Math.sin, x: [both(scales(1e-30, 1))], ulps: 1.5 },
  cos: { f: o.cos, want: Math.cos, x: [even(-1e5, 1e5)], absolute: 9.5e-8 },
  tanh: { f: o.tanh, want: Math.tanh, x: [even(-10, 10)], ulps: 2.6 },
  'tanh of small': { f: o.tanh, want: Math.tanh, x: [both(scales(1e-30, 1))], ulps: 2.6 },
  sigmoid: { f: o.sigmoid, want: sigmoidOf, x: [even(-87, 90)], ulps: 2.3 },
  softplus: { f: o.softplus, want: softplusOf, x: [even(-87, 90)], ulps: 2.7 },
  logSigmoid: { f: o.logSigmoid, want: (v) => -softplusOf(-v), x: [even(-90, 87)], ulps: 2.7 },
  silu: { f: o.silu, want: (v) => v * sigmoidOf(v), x: [even(-80, 90)], ulps: 3.2 },
  elu: {
    f: (x) => o.elu(x),
    want: (v) => (v > 0 ? v : Math.expm1(v)),
    x: [even(-20, 3)],
    ulps: 1.9,
  },
  erf: { f: o.erf, want: erfOf, x: [even(-4, 4)], ulps: 2.5, absolute: 1.4e-7 },
  gelu: { f: o.gelu, want: (v) => v * phi(v), x: [even(-5, 5)], ulps: 8, absolute: 2.4e-7 },
  'gelu far below 0': { f: o.gelu, want: (v) => v * phi(v), x: [even(-12, -5)], ulps: 8 },
  sqrt: { f: o.sqrt, want: Math.sqrt, x: [scales(2 ** -126, 3.4e38)], ulps: 0.51 },
  rsqrt: { f: o.rsqrt, want: (v) => 1 / Math.sqrt(v), x: [scales(2 ** -126, 3.4e38)], ulps: 1.5 },
  pow: { f: o.pow, want: Math.pow, x: [base, even(-10, 10)], ulps: 1.2 },
  'pow to the limits': {
    f: o.pow,
    want: Math.pow,
    x: [base, base.map((v) => ((random() - 0.5) * 250) / (Math.log2(v) || 1))],
    ulps: 6,
  },
  div: {
    f: o.div,
    want: (a, b) => a / b,
    x: [scales(1e-18, 1e18), scales(1e-18, 1e18)],
    ulps: 0.51,
  },
};

test.each(Object.entries(rows))('%s', async (_, { f, want, x, ulps, absolute }) => {
  const got = await f(...x.map((v) => o.tensor(v))).data();
  let [most, place, apart] = [0, 0, 0];
  got.forEach((v: number, i: number) => {
    const exact = want(...x.map((values) => values[i]));
    if (Math.abs(exact) < 2 ** -126) return; // subnormal results count as 0
    const error = Math.abs(v - exact) / 2 ** (Math.floor(Math.log2(Math.abs(exact))) - 23);
    apart = Math.max(apart, Math.abs(v - exact));
    if (!(error <= most)) [most, place] = [error, i];
  });
  const where = x.map((values) => values[place]).join(', ');
  if (ulps !== undefined) expect(most, `ULP at ${where}`).toBeLessThanOrEqual(ulps + slack);
  if (absolute !== undefined) expect(apart).toBeLessThanOrEqual(absolute * (1 + slack));
});
