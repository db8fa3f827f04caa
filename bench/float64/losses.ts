import { empty, type Tape, type Value } from './tape.ts';

/** Mean of `term(z, y)` over all elements, whose derivative is `slope(z, y)`. */
function meanOf(
  tape: Tape,
  z: Value,
  y: ArrayLike<number>,
  term: (z: number, y: number) => number,
  slope: (z: number, y: number) => number,
): Value {
  const n = z.data.length;
  const loss = empty([]);
  for (let i = 0; i < n; i++) loss.data[0] += term(z.data[i], y[i]) / n;
  tape.push(() => {
    for (let i = 0; i < n; i++) z.grad[i] += (loss.grad[0] * slope(z.data[i], y[i])) / n;
  });
  return loss;
}

/** Weighted mean of z. */
export const meanTimes = (tape: Tape, z: Value, weight: number): Value =>
  meanOf(
    tape,
    z,
    z.data,
    (v) => weight * v,
    () => weight,
  );

/** Weighted mean of (‖row‖₂ − 1)² over the rows of z [.., n], none of them 0. */
export function unitPenalty(tape: Tape, z: Value, weight: number): Value {
  const n = z.shape[z.shape.length - 1];
  const rows = z.data.length / n;
  const loss = empty([]);
  const norms = Array.from({ length: rows }, (_, r) =>
    Math.hypot(...z.data.subarray(r * n, r * n + n)),
  );
  for (const norm of norms) loss.data[0] += (weight * (norm - 1) ** 2) / rows;
  tape.push(() => {
    for (let i = 0; i < z.data.length; i++) {
      const norm = norms[Math.floor(i / n)];
      z.grad[i] += (loss.grad[0] * weight * 2 * (norm - 1) * z.data[i]) / norm / rows;
    }
  });
  return loss;
}

/** Mean squared error. */
export const mse = (tape: Tape, z: Value, y: ArrayLike<number>): Value =>
  meanOf(
    tape,
    z,
    y,
    (v, t) => (v - t) ** 2,
    (v, t) => 2 * (v - t),
  );

/** Mean binary cross-entropy of logits z: max(z, 0) - z y + log(1 + exp(-|z|)). */
export const bce = (tape: Tape, z: Value, y: ArrayLike<number>): Value =>
  meanOf(
    tape,
    z,
    y,
    (v, t) => Math.max(v, 0) - v * t + Math.log1p(Math.exp(-Math.abs(v))),
    (v, t) => 1 / (1 + Math.exp(-v)) - t,
  );

/** Mean of -log softmax(z)[label] over the rows of z [.., classes]. */
export function crossEntropy(tape: Tape, z: Value, labels: ArrayLike<number>): Value {
  const n = z.shape[z.shape.length - 1];
  const rows = z.data.length / n;
  const loss = empty([]);
  const p = new Float64Array(z.data.length);
  for (let r = 0; r < rows; r++) {
    const row = z.data.subarray(r * n, r * n + n);
    const top = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((a, b) => a + Math.exp(b - top), 0);
    for (let i = 0; i < n; i++) p[r * n + i] = Math.exp(row[i] - top) / sum;
    loss.data[0] += (top + Math.log(sum) - row[labels[r]]) / rows;
  }
  tape.push(() => {
    for (let i = 0; i < p.length; i++) {
      const wanted = i % n === labels[Math.floor(i / n)] ? 1 : 0;
      z.grad[i] += (loss.grad[0] * (p[i] - wanted)) / rows;
    }
  });
  return loss;
}
