import { beforeAll, describe, test } from 'vitest';
import * as engine from '../engine/index.ts';
import { upload } from './check.ts';
import { ready } from './open.ts';
import * as ref from './reference.ts';
import { type Nd, nd } from './reference.ts';
import type { Ops } from './rows.ts';

// The policy: as IEEE and PyTorch. NaN stays NaN, infinities and zeros are exact, subnormals may
// count as 0 going in and coming out, everything else is within the ULP of its row.

const smallest = 2 ** -126;
const largest = (2 - 2 ** -23) * 2 ** 127;
const f32 = (values: number[]): Nd => nd([values.length], values.map(Math.fround));
const both = (values: number[]): number[] => values.flatMap((v) => [v, -v]);

const arguments1 = f32([
  NaN,
  ...both([0, Infinity, 1, 0.5, 1.5, 2.5, 1e-8, 1e-40, smallest, 1e-30, 1e30, largest]),
  ...both([9, 16.7, 87.3, 88.7, 88.8, 100, 1e4, 1.0000001, 0.9999999, 1e-3, 8388609, 3.1415927]),
]);

type Unary = (o: Ops, x: Nd) => Nd;
const one = (f: (o: Ops, x: engine.Tensor) => engine.Tensor) => f as unknown as Unary;

interface Case {
  name: string;
  f: Unary;
  /** Units in the last place. */
  ulps: number;
  /** Error allowed besides, where the function is near 0. */
  absolute?: number;
  /** Beyond this only the range [-1, 1] is promised. */
  reach?: number;
  /** Whether the op leaves open which zero it gives. */
  anyZero?: boolean;
}

const unary: Case[] = [
  { name: 'neg', f: one((o, x) => o.neg(x)), ulps: 0 },
  { name: 'abs', f: one((o, x) => o.abs(x)), ulps: 0 },
  { name: 'sign', f: one((o, x) => o.sign(x)), ulps: 0, anyZero: true },
  { name: 'square', f: one((o, x) => o.square(x)), ulps: 0 },
  { name: 'sqrt', f: one((o, x) => o.sqrt(x)), ulps: 1 },
  { name: 'rsqrt', f: one((o, x) => o.rsqrt(x)), ulps: 2 },
  { name: 'reciprocal', f: one((o, x) => o.reciprocal(x)), ulps: 2 },
  { name: 'exp', f: one((o, x) => o.exp(x)), ulps: 2 },
  { name: 'expm1', f: one((o, x) => o.expm1(x)), ulps: 2 },
  { name: 'log', f: one((o, x) => o.log(x)), ulps: 2 },
  { name: 'log1p', f: one((o, x) => o.log1p(x)), ulps: 2 },
  { name: 'sin', f: one((o, x) => o.sin(x)), ulps: 2, absolute: 6.2e-8, reach: 1e5 },
  { name: 'cos', f: one((o, x) => o.cos(x)), ulps: 2, absolute: 6.2e-8, reach: 1e5 },
  { name: 'tanh', f: one((o, x) => o.tanh(x)), ulps: 2 },
  { name: 'sigmoid', f: one((o, x) => o.sigmoid(x)), ulps: 2 },
  { name: 'logSigmoid', f: one((o, x) => o.logSigmoid(x)), ulps: 2 },
  { name: 'softplus', f: one((o, x) => o.softplus(x)), ulps: 2 },
  { name: 'relu', f: one((o, x) => o.relu(x)), ulps: 0, anyZero: true },
  { name: 'leakyRelu', f: one((o, x) => o.leakyRelu(x, 0.25)), ulps: 1 },
  { name: 'elu', f: one((o, x) => o.elu(x)), ulps: 2 },
  { name: 'silu', f: one((o, x) => o.silu(x)), ulps: 3, absolute: 1e-36 },
  { name: 'gelu', f: one((o, x) => o.gelu(x)), ulps: 48 },
  { name: 'erf', f: one((o, x) => o.erf(x)), ulps: 2 },
  { name: 'floor', f: one((o, x) => o.floor(x)), ulps: 0 },
  { name: 'round', f: one((o, x) => o.round(x)), ulps: 0 },
  { name: 'clamp', f: one((o, x) => o.clamp(x, -2, 2)), ulps: 0 },
  { name: 'where', f: one((o, x) => o.where(x, 1, 2)), ulps: 0 },
  { name: 'logicalNot', f: one((o, x) => o.logicalNot(x)), ulps: 0 },
];

const arguments2 = [NaN, ...both([0, Infinity, 1, 2, 0.5, 3, 1e-40, 1e30, 16777216])];
const grid = (pick: (i: number, j: number) => number): Nd =>
  f32(arguments2.flatMap((_, i) => arguments2.map((_, j) => arguments2[pick(i, j)])));
const left = grid((i) => i);
const right = grid((_, j) => j);

const binary: [string, number][] = [
  ...(['add', 'sub', 'mul', 'minimum', 'maximum'] as const).map((n): [string, number] => [n, 0]),
  ...(['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'] as const).map(
    (n): [string, number] => [n, 0],
  ),
  ['logicalAnd', 0],
  ['logicalOr', 0],
  ['div', 3],
  ['pow', 11],
];

/** The values an op may have for arguments of which subnormal ones may count as 0. */
function wanted(f: (...x: Nd[]) => Nd, xs: number[]): number[] {
  let choices: number[][] = [[]];
  for (const x of xs) {
    const flushed = Math.abs(x) < smallest && x !== 0 ? [x, x * 0] : [x];
    choices = choices.flatMap((c) => flushed.map((v) => [...c, v]));
  }
  return choices.map((c) => Math.fround(f(...c.map((v) => nd([], [v]))).data[0]));
}

/** Whether got is the wanted value, or as near as the case allows. */
function near(got: number, want: number, c: Case, tiny: boolean): boolean {
  if (Object.is(got, want)) return true;
  if (got === 0 && want === 0) return c.anyZero || tiny;
  const size = Math.abs(want);
  if (size < smallest) return (want !== 0 || tiny) && Math.abs(got) <= smallest;
  const ulp = 2 ** (Math.floor(Math.log2(size)) - 23);
  return Number.isFinite(want) && Math.abs(got - want) <= c.ulps * ulp + (c.absolute ?? 0);
}

const text = (v: number): string => (Object.is(v, -0) ? '-0' : String(v));

/** Throws with the arguments for which an op is wrong. */
function check(got: ArrayLike<number>, xs: Nd[], f: (...x: Nd[]) => Nd, c: Case): void {
  const wrong: string[] = [];
  for (let i = 0; i < got.length; i++) {
    const values = xs.map((x) => x.data[i]);
    const tiny = values.some((v) => v !== 0 && Math.abs(v) < smallest);
    const want = wanted(f, values);
    const far =
      c.reach !== undefined && Number.isFinite(values[0]) && Math.abs(values[0]) > c.reach;
    const ok = far ? Math.abs(got[i]) <= 1 : want.some((w) => near(got[i], w, c, tiny));
    if (!ok) wrong.push(`(${values.map(text)}): got ${text(got[i])}, want ${want.map(text)}`);
  }
  if (wrong.length > 0)
    throw new Error(`${wrong.length} wrong:\n  ${wrong.slice(0, 8).join('\n  ')}`);
}

describe('special values', () => {
  const got = new Map<string, ArrayLike<number>>();

  beforeAll(async () => {
    const gpu = await ready();
    const results = gpu.step(() => {
      const [x, a, b] = [upload(arguments1), upload(left), upload(right)];
      const ops = engine as unknown as Record<string, (...x: engine.Tensor[]) => engine.Tensor>;
      return Object.fromEntries([
        ...unary.map((c) => [c.name, c.f(engine, x as unknown as Nd)]),
        ...binary.map(([name]) => [name, ops[name](a, b)]),
      ]) as Record<string, engine.Tensor>;
    })();
    for (const name in results) got.set(name, await results[name].data());
  });

  test.each(unary.map((c) => [c.name, c] as const))('%s', (name, c) => {
    check(got.get(name)!, [arguments1], (x) => c.f(ref as unknown as Ops, x), c);
  });

  test.each(binary)('%s', (name, ulps) => {
    const ops = ref as unknown as Record<string, (...x: Nd[]) => Nd>;
    // IEEE leaves open which of +0 and -0 is the smaller.
    const anyZero = name === 'minimum' || name === 'maximum';
    const c = { name, f: ops[name], ulps, anyZero } as unknown as Case;
    check(got.get(name)!, [left, right], ops[name], c);
  });
});
