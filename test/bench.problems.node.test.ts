import { describe, expect, test } from 'vitest';
import { backward, type Tape } from '../bench/float64/tape.ts';
import { cases } from '../bench/cases.ts';
import { type Cnn, cnnLoss, cnnShapes } from '../bench/problems/cnn.ts';
import { type Gated, gatedLoss, gatedShapes } from '../bench/problems/gated.ts';
import { judge, makeInputs } from '../bench/problems/kinds.ts';
import { type Mlp, mlpLoss, mlpShapes } from '../bench/problems/mlp.ts';
import { erf } from '../bench/problems/pointwise.ts';
import { type Loss, parametersOf, type Shapes } from '../bench/problems/training.ts';
import {
  type Transformer,
  transformerLoss,
  transformerShapes,
} from '../bench/problems/transformer.ts';
import { type UNet, unetLoss, unetShapes } from '../bench/problems/unet.ts';
import { criticLoss, generatorLoss, type WganGp, wganGpShapes } from '../bench/problems/wgan_gp.ts';
import type { Inputs, Problem } from '../bench/types.ts';
import { workOf } from '../bench/work.ts';

/** Results of a problem, computed another way than its judge does, in float64. */
type Results = (inputs: Inputs) => ArrayLike<number>[];

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const total = (xs: number[]) => xs.reduce((a, b) => a + b, 0);

/** Central differences of a scalar f for each element of `inputs[name]`. */
function slopes(
  f: (inputs: Record<string, ArrayLike<number>>) => number,
  inputs: Inputs,
  name: string,
) {
  return range(inputs[name].length).map((i) => {
    const moved = (by: number) =>
      f({ ...inputs, [name]: Float64Array.from(inputs[name], (v, j) => (j === i ? v + by : v)) });
    const h = 1e-5;
    return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
  });
}

type Numbers = Record<string, ArrayLike<number>>;

/** Causal attention of one batch and two heads, T 5, depth 3. */
function attend({ q, k, v }: Numbers): number[] {
  const [T, d] = [5, 3];
  return range(2).flatMap((h) =>
    range(T).flatMap((t) => {
      const at = (x: ArrayLike<number>, s: number, c: number) => x[(h * T + s) * d + c];
      const score = range(t + 1).map(
        (s) => total(range(d).map((c) => at(q, t, c) * at(k, s, c))) / Math.sqrt(d),
      );
      const weights = score.map((s) => 1 / total(score.map((other) => Math.exp(other - s))));
      return range(d).map((c) => total(weights.map((w, s) => w * at(v, s, c))));
    }),
  );
}

/** The determinant by expansion along the first row. */
function determinant(a: number[][]): number {
  if (a.length === 0) return 1;
  const minor = (c: number) => a.slice(1).map((row) => row.filter((_, j) => j !== c));
  return total(a[0].map((v, c) => (c % 2 ? -v : v) * determinant(minor(c))));
}

const logDets = (a: ArrayLike<number>, batch: number, n: number): number[] =>
  range(batch).map((b) => {
    const rows = range(n).map((r) => range(n).map((c) => a[(b * n + r) * n + c]));
    return Math.log(Math.abs(determinant(rows)));
  });

/** Mean of |∂f/∂x|² of f = tanh(x·w)·v, batch 3, 4 inputs, 5 hidden. */
function penalised({ x, w, v }: Numbers): number {
  const [B, n, m] = [3, 4, 5];
  return total(
    range(B).map((b) => {
      const row = range(n).map((i) => x[b * n + i]);
      const along = range(n).map((i) => {
        const t = range(m).map((h) => Math.tanh(total(row.map((r, j) => r * w[j * m + h]))));
        return total(range(m).map((h) => (1 - t[h] ** 2) * w[i * m + h] * v[h]));
      });
      return total(along.map((s) => s * s)) / B;
    }),
  );
}

const rows: [Problem, Results][] = [
  [
    { kind: 'matmul', m: 3, n: 4, k: 5, batch: 2 },
    ({ a, b }) => {
      const c = new Float64Array(24);
      for (const g of range(2))
        for (const i of range(3))
          for (const j of range(4))
            c[(g * 3 + i) * 4 + j] = total(
              range(5).map((l) => a[(g * 3 + i) * 5 + l] * b[(g * 5 + l) * 4 + j]),
            );
      return [c];
    },
  ],
  [
    { kind: 'softmax', rows: 3, n: 400 },
    ({ x }) => [
      Float64Array.from(x, (v, i) => {
        const row = [...x.subarray(i - (i % 400), i - (i % 400) + 400)];
        return 1 / total(row.map((other) => Math.exp(other - v)));
      }),
    ],
  ],
  [
    { kind: 'layerNorm', rows: 40, n: 8 },
    ({ x, scale, shift }) => [
      Float64Array.from(x, (v, i) => {
        const row = [...x.subarray(i - (i % 8), i - (i % 8) + 8)];
        const pairs = total(row.flatMap((a) => row.map((b) => (a - b) ** 2))) / (2 * 64);
        const mean = total(row) / 8;
        return ((v - mean) / Math.sqrt(pairs + 1e-5)) * scale[i % 8] + shift[i % 8];
      }),
    ],
  ],
  ...(['sum', 'mean', 'max'] as const).flatMap((fold) =>
    (['full', 0, 1] as const).map((axis): [Problem, Results] => [
      { kind: 'reduce', fold, rows: 40, columns: 30, axis },
      ({ x }) => {
        const groups = new Map<number, number[]>();
        x.forEach((v, i) => {
          const key = axis === 'full' ? 0 : axis === 0 ? i % 30 : Math.floor(i / 30);
          groups.set(key, [...(groups.get(key) ?? []), v]);
        });
        const act = (vs: number[]) =>
          fold === 'max' ? Math.max(...vs) : total(vs) / (fold === 'mean' ? vs.length : 1);
        return [Float64Array.from([...groups.values()], act)];
      },
    ]),
  ),
  [
    { kind: 'pointwise', name: 'x·y+z', n: 1000 },
    ({ x, y, z }) => [Float64Array.from(x, (v, i) => v * y[i] + z[i])],
  ],
  [{ kind: 'pointwise', name: 'tanh', n: 1000 }, ({ x }) => [Float64Array.from(x, Math.tanh)]],
  [
    { kind: 'attention', batch: 1, heads: 2, steps: 5, depth: 3, backward: true },
    (inputs) => {
      const along = (now: Numbers) => total(attend(now).map((y, i) => y * inputs.g[i]));
      return [attend(inputs), ...['q', 'k', 'v'].map((name) => slopes(along, inputs, name))];
    },
  ],
  [
    { kind: 'logDet', batch: 2, n: 4 },
    (inputs) => [
      logDets(inputs.a, 2, 4),
      slopes((now) => total(logDets(now.a, 2, 4)), inputs, 'a'),
    ],
  ],
  [
    { kind: 'penalty', batch: 3, inputs: 4, hidden: 5 },
    (inputs) => [
      [penalised(inputs)],
      slopes(penalised, inputs, 'w'),
      slopes(penalised, inputs, 'v'),
    ],
  ],
  [
    { kind: 'convTranspose', batch: 2, side: 3, cin: 2, cout: 3, size: 4, stride: 2 },
    ({ x, w }) => {
      const y = new Float64Array(2 * 6 * 6 * 3);
      for (const b of range(2))
        for (const at of range(9))
          for (const tap of range(16)) {
            const row = Math.floor(at / 3) * 2 + Math.floor(tap / 4) - 1;
            const col = (at % 3) * 2 + (tap % 4) - 1;
            if (row < 0 || row > 5 || col < 0 || col > 5) continue;
            for (const o of range(3))
              for (const c of range(2))
                y[((b * 6 + row) * 6 + col) * 3 + o] +=
                  x[(b * 9 + at) * 2 + c] * w[(tap * 3 + o) * 2 + c];
          }
      return [y];
    },
  ],
  [
    { kind: 'conv1d', batch: 2, steps: 6, cin: 2, cout: 3, size: 2, dilation: 2 },
    ({ x, w }) => {
      const y = new Float64Array(2 * 6 * 3);
      for (const at of range(12))
        for (const tap of range(2)) {
          const to = at + (1 - tap) * 2;
          if (Math.floor(to / 6) !== Math.floor(at / 6)) continue;
          for (const c of range(2))
            for (const o of range(3)) y[to * 3 + o] += x[at * 2 + c] * w[(tap * 2 + c) * 3 + o];
        }
      return [y];
    },
  ],
  [
    { kind: 'cumsum', rows: 3, n: 7 },
    ({ x }) => [Float64Array.from(x, (_, i) => total([...x.subarray(i - (i % 7), i + 1)]))],
  ],
  [
    { kind: 'lookup', entries: 5, width: 3, count: 8, back: false },
    ({ x, at }) => [[...at].flatMap((row) => [...x.subarray(row * 3, row * 3 + 3)])],
  ],
  [
    { kind: 'lookup', entries: 5, width: 3, count: 8, back: true },
    ({ x, at }) => [
      range(15).map((i) =>
        total(range(8).map((r) => (at[r] === Math.floor(i / 3) ? x[r * 3 + (i % 3)] : 0))),
      ),
    ],
  ],
  [
    { kind: 'transpose', rows: 3, columns: 5 },
    ({ x }) => [range(5).flatMap((c) => range(3).map((r) => x[r * 5 + c]))],
  ],
  ...(['max', 'avg'] as const).map((name): [Problem, Results] => [
    { kind: 'pool', name, batch: 1, side: 4, channels: 2 },
    ({ x }) => [
      [0, 2, 8, 10].flatMap((corner) =>
        range(2).map((c) => {
          const block = [0, 1, 4, 5].map((by) => x[(corner + by) * 2 + c]);
          return name === 'max' ? Math.max(...block) : total(block) / 4;
        }),
      ),
    ],
  ]),
];

describe('judges of kernels', () => {
  test.each(rows)('%j: right passes, a thousandth more in any result fails', (problem, compute) => {
    const inputs = makeInputs(problem);
    const right = compute(inputs).map((values) => Float32Array.from(values));
    const { compare } = judge(problem, inputs);
    expect(compare([right])).toMatchObject({ ok: true });
    right.forEach((_, which) => {
      const wrong = right.map((y, r) => (r === which ? y.map((v) => v * 1.001) : y));
      expect(compare([wrong]).ok, `result ${which}`).toBe(false);
    });
    expect(compare([right.map((y) => y.fill(Number.NaN))]).ok).toBe(false);
  });

  // erf from tables (Abramowitz and Stegun, table 7.1)
  test.each([
    [0, 0],
    [0.5, 0.5204998778],
    [1, 0.8427007929],
    [-2, -0.995322265],
    [3, 0.9999779095],
    [3.5, 0.9999992569],
    [9, 1],
  ])('erf %d is %d', (x, wanted) => expect(erf(x)).toBeCloseTo(wanted, 9));
});

const cnn: Cnn = { kind: 'cnn', batch: 2, size: 5, channels: [2, 3, 2], classes: 3 };
const mlp: Mlp = { kind: 'mlp', widths: [3, 5, 3], batch: 4, loss: 'bce' };
const transformer: Transformer = {
  kind: 'transformer',
  ...{ vocab: 5, classes: 4, width: 4, layers: 1, heads: 2, hidden: 6, steps: 3, batch: 2 },
};
const gated: Gated = {
  kind: 'gated',
  ...{ side: 3, channels: 2, layers: 2, first: 3, filter: 3, outputs: 1, batch: 2 },
};
const unet: UNet = {
  kind: 'unet',
  ...{ side: 4, channels: 2, heads: 2, groups: 2, batch: 1 },
};
const wganGp: WganGp = { kind: 'wganGp', noise: 3, hidden: 5, batch: 4 };
const networks: [string, Problem, Shapes, (inputs: Inputs) => Loss][] = [
  ['mlp, bce', mlp, mlpShapes(mlp), (i) => mlpLoss(mlp, i)],
  ['mlp, mse', mlp, mlpShapes(mlp), (i) => mlpLoss({ ...mlp, loss: 'mse' }, i)],
  ['cnn', cnn, cnnShapes(cnn), (i) => cnnLoss(cnn, i)],
  [
    'transformer',
    transformer,
    transformerShapes(transformer),
    (i) => transformerLoss(transformer, i),
  ],
  ['gated', gated, gatedShapes(gated), (i) => gatedLoss(gated, i)],
  ['unet', unet, unetShapes(unet), (i) => unetLoss(unet, i)],
  ['critic of a WGAN-GP', wganGp, wganGpShapes(wganGp), (i) => criticLoss(wganGp, i)],
  ['its generator', wganGp, wganGpShapes(wganGp), (i) => generatorLoss(wganGp, i)],
];

describe('networks in float64', () => {
  test.each(networks)('%s: every gradient is that of differences', (_, problem, shapes, lossOf) => {
    const inputs = makeInputs(problem);
    const loss = lossOf(inputs);
    const values = (numbers: Numbers) => parametersOf(shapes, numbers);
    const tape: Tape = [];
    const parameters = values(inputs);
    backward(tape, loss(tape, parameters));
    for (const name of Object.keys(shapes)) {
      const wanted = slopes((now) => loss([], values(now)).data[0], inputs, name);
      wanted.forEach((slope, i) => {
        expect(parameters[name].grad[i], `${name}[${i}]`).toBeCloseTo(slope, 7);
      });
    }
  });

  test.each(networks)('%s: losses that never change fail', (_, problem) => {
    const { calls, compare } = judge(problem, makeInputs(problem));
    const first = range(calls).map(() => [Float32Array.of(1.1), Float32Array.of(1.1)]);
    expect(compare(first).ok).toBe(false);
  });
});

describe('work', () => {
  test.each(cases)('$name has an amount', ({ problem }) => {
    const { flops, bytes, shape } = workOf(problem);
    expect(flops).toBeGreaterThanOrEqual(0);
    expect(bytes > 0 || problem.kind === 'host').toBe(true);
    expect(shape).not.toBe('');
  });
  test('a product of 2, 3 and 4 is 48 operations', () => {
    expect(workOf({ kind: 'matmul', m: 2, n: 3, k: 4 })).toMatchObject({ flops: 48, bytes: 104 });
  });
});
