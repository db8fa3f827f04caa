import type { Inputs } from '../types.ts';
import { byEntries, known } from './entries.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';

/**
 * A gradient penalty: the mean over the batch of |∂f/∂x|² of f(x) = tanh(x·w)·v, and its gradients
 * for w [inputs, hidden] and v [hidden]. A derivative of a derivative, as WGAN-GP takes.
 */
export interface Penalty {
  kind: 'penalty';
  batch: number;
  inputs: number;
  hidden: number;
}

/** The penalty, then its gradients, each beside the magnitudes summed. */
function reference({ batch, inputs: n, hidden }: Penalty, { x, w, v }: Inputs) {
  const value = [0];
  const [dw, dv] = [new Float64Array(n * hidden), new Float64Array(hidden)];
  const scales = [1, n * hidden, hidden].map((size) => new Float64Array(size));
  for (let b = 0; b < batch; b++) {
    const t = Float64Array.from(v, (_, h) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += x[b * n + i] * w[i * hidden + h];
      return Math.tanh(sum);
    });
    const a = t.map((th, h) => (1 - th * th) * v[h]); // ∂f/∂(x·w)
    const slope = new Float64Array(n); // ∂f/∂x
    for (let i = 0; i < n; i++)
      for (let h = 0; h < hidden; h++) slope[i] += a[h] * w[i * hidden + h];
    for (let i = 0; i < n; i++) value[0] += slope[i] ** 2 / batch;
    for (let h = 0; h < hidden; h++) {
      let da = 0;
      let size = 0;
      for (let i = 0; i < n; i++) {
        const term = (2 * slope[i] * w[i * hidden + h]) / batch;
        da += term;
        size += Math.abs(term);
      }
      dv[h] += da * (1 - t[h] ** 2);
      scales[2][h] += size * (1 - t[h] ** 2);
      const curved = -2 * t[h] * (1 - t[h] ** 2) * v[h];
      for (let i = 0; i < n; i++) {
        const direct = (2 * slope[i] * a[h]) / batch;
        dw[i * hidden + h] += direct + da * curved * x[b * n + i];
        scales[1][i * hidden + h] += Math.abs(direct) + size * Math.abs(curved * x[b * n + i]);
      }
    }
  }
  scales[0][0] = value[0];
  return [value, dw, dv].map((values, r) => known(values, scales[r]));
}

export const penalty: Kind<Penalty> = {
  mode: 'throughput',
  shape: ({ batch, inputs, hidden }) => `${inputs}-${hidden}-1, batch ${batch}`,
  flops: () => 0,
  bytes: ({ batch, inputs, hidden }) => 4 * (batch * inputs + 2 * (inputs + 1) * hidden + 1),
  inputs: ({ batch, inputs, hidden }, random) => ({
    x: uniform(batch * inputs, 1, random),
    w: uniform(inputs * hidden, 1, random),
    v: uniform(hidden, 1, random),
  }),
  judge: (p, inputs) => byEntries(reference(p, inputs), { most: 4096 }),
};
