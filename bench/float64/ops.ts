import { erf } from '../problems/pointwise.ts';
import { empty, type Tape, type Value } from './tape.ts';

/** f of every element, with its derivative. */
function pointwise(
  tape: Tape,
  x: Value,
  f: (v: number) => number,
  slope: (v: number) => number,
): Value {
  const y = { shape: x.shape, data: x.data.map(f), grad: new Float64Array(x.data.length) };
  tape.push(() => {
    for (let i = 0; i < y.grad.length; i++) x.grad[i] += y.grad[i] * slope(x.data[i]);
  });
  return y;
}

export const relu = (tape: Tape, x: Value): Value =>
  pointwise(
    tape,
    x,
    (v) => Math.max(v, 0),
    (v) => (v > 0 ? 1 : 0),
  );

const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

/** x·σ(x). */
export const silu = (tape: Tape, x: Value): Value =>
  pointwise(
    tape,
    x,
    (v) => v * sigmoid(v),
    (v) => sigmoid(v) * (1 + v * (1 - sigmoid(v))),
  );

const phi = (v: number) => 0.5 * (1 + erf(v / Math.SQRT2));

/** x·Φ(x). */
export const gelu = (tape: Tape, x: Value): Value =>
  pointwise(
    tape,
    x,
    (v) => v * phi(v),
    (v) => phi(v) + (v * Math.exp(-0.5 * v * v)) / Math.sqrt(2 * Math.PI),
  );

/** The sum of two values of one shape. */
export function add(tape: Tape, a: Value, b: Value): Value {
  const y = empty(a.shape);
  for (let i = 0; i < y.data.length; i++) y.data[i] = a.data[i] + b.data[i];
  tape.push(() => {
    for (let i = 0; i < y.grad.length; i++) {
      a.grad[i] += y.grad[i];
      b.grad[i] += y.grad[i];
    }
  });
  return y;
}

/** x times constants, element by element. */
export function times(tape: Tape, x: Value, factors: ArrayLike<number>): Value {
  const y = empty(x.shape);
  for (let i = 0; i < y.data.length; i++) y.data[i] = x.data[i] * factors[i];
  tape.push(() => {
    for (let i = 0; i < y.grad.length; i++) x.grad[i] += y.grad[i] * factors[i];
  });
  return y;
}

/** tanh(a)·σ(b) of the halves a and b along the last axis. */
export function gate(tape: Tape, x: Value): Value {
  const wide = x.shape[x.shape.length - 1];
  const half = wide / 2;
  const y = empty([...x.shape.slice(0, -1), half]);
  const at = (i: number) => Math.floor(i / half) * wide + (i % half);
  const open = (i: number) => 1 / (1 + Math.exp(-x.data[at(i) + half]));
  for (let i = 0; i < y.data.length; i++) y.data[i] = Math.tanh(x.data[at(i)]) * open(i);
  tape.push(() => {
    for (let i = 0; i < y.grad.length; i++) {
      const [t, s] = [Math.tanh(x.data[at(i)]), open(i)];
      x.grad[at(i)] += y.grad[i] * (1 - t * t) * s;
      x.grad[at(i) + half] += y.grad[i] * t * s * (1 - s);
    }
  });
  return y;
}

/** The same numbers in another shape. */
export const reshaped = (x: Value, shape: readonly number[]): Value => ({ ...x, shape });

/** table[tokens] + positions: [B, T, d] of a table [vocab, d] and positions [T, d]. */
export function embed(
  tape: Tape,
  table: Value,
  positions: Value,
  tokens: ArrayLike<number>,
): Value {
  const [T, d] = positions.shape;
  const y = empty([tokens.length / T, T, d]);
  const each = (act: (at: number, row: number, position: number) => void) => {
    for (let i = 0; i < y.data.length; i++) {
      const token = Math.floor(i / d);
      act(i, tokens[token] * d + (i % d), (token % T) * d + (i % d));
    }
  };
  each((i, row, position) => {
    y.data[i] = table.data[row] + positions.data[position];
  });
  tape.push(() =>
    each((i, row, position) => {
      table.grad[row] += y.grad[i];
      positions.grad[position] += y.grad[i];
    }),
  );
  return y;
}

/** (x - mean) / sqrt(variance + epsilon) · scale + shift over the last axis. */
export function layerNorm(
  tape: Tape,
  x: Value,
  scale: Value,
  shift: Value,
  epsilon: number,
): Value {
  const n = scale.data.length;
  const rows = x.data.length / n;
  const y = empty(x.shape);
  const normal = new Float64Array(x.data.length);
  const factors = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = x.data.subarray(r * n, (r + 1) * n);
    const mean = row.reduce((a, b) => a + b, 0) / n;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    factors[r] = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < n; i++) {
      normal[r * n + i] = (row[i] - mean) * factors[r];
      y.data[r * n + i] = normal[r * n + i] * scale.data[i] + shift.data[i];
    }
  }
  tape.push(() => {
    for (let r = 0; r < rows; r++) {
      let sum = 0;
      let along = 0;
      for (let i = 0; i < n; i++) {
        const g = y.grad[r * n + i];
        shift.grad[i] += g;
        scale.grad[i] += g * normal[r * n + i];
        sum += g * scale.data[i];
        along += g * scale.data[i] * normal[r * n + i];
      }
      for (let i = 0; i < n; i++) {
        const g = y.grad[r * n + i] * scale.data[i];
        x.grad[r * n + i] += factors[r] * (g - sum / n - (normal[r * n + i] * along) / n);
      }
    }
  });
  return y;
}
