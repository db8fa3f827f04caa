import type { Inputs, Problem } from './types.ts';

/** Adam as all contestants run it: Kingma and Ba, arXiv:1412.6980, algorithm 1. */
export const adam = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 } as const;

type Train = Problem & { kind: 'train' };

/** Losses before each of the first `steps` updates, all in float64. */
export function trainLosses(problem: Train, inputs: Inputs, steps: number): number[] {
  const layers = problem.widths.length - 1;
  const names = Array.from({ length: layers }, (_, i) => [`w${i}`, `b${i}`]).flat();
  const state = Object.fromEntries(
    names.map((name) => {
      const p = Float64Array.from(inputs[name]);
      return [name, { p, m: new Float64Array(p.length), v: new Float64Array(p.length) }];
    }),
  );
  const losses: number[] = [];
  for (let t = 1; t <= steps; t++) {
    const values = Object.fromEntries(names.map((name) => [name, state[name].p]));
    const { loss, gradients } = lossAndGradients(problem, values, inputs);
    losses.push(loss);
    for (const name of names) update(state[name], gradients[name], t);
  }
  return losses;
}

function update(
  s: { p: Float64Array; m: Float64Array; v: Float64Array },
  g: Float64Array,
  t: number,
) {
  const { lr, beta1, beta2, eps } = adam;
  const c1 = 1 - beta1 ** t;
  const c2 = 1 - beta2 ** t;
  for (let i = 0; i < g.length; i++) {
    s.m[i] = beta1 * s.m[i] + (1 - beta1) * g[i];
    s.v[i] = beta2 * s.v[i] + (1 - beta2) * g[i] * g[i];
    s.p[i] -= (lr * (s.m[i] / c1)) / (Math.sqrt(s.v[i] / c2) + eps);
  }
}

type Values = Record<string, Float64Array>;

function lossAndGradients({ widths, batch, loss }: Train, values: Values, inputs: Inputs) {
  const layers = widths.length - 1;
  const acts: Float64Array[] = [Float64Array.from(inputs.x)]; // [B, widths[i]]
  for (let i = 0; i < layers; i++) {
    const out = dense(acts[i], values[`w${i}`], values[`b${i}`], batch);
    acts.push(i + 1 < layers ? out.map((v) => Math.max(v, 0)) : out);
  }
  const top = lossGradient(loss, acts[layers], inputs.y);
  const gradients: Values = {};
  let g = top.gradient;
  for (let i = layers - 1; i >= 0; i--) {
    const back = denseBackward(acts[i], values[`w${i}`], g, batch);
    gradients[`w${i}`] = back.dw;
    gradients[`b${i}`] = back.db;
    g = back.dx.map((v, j) => (acts[i][j] > 0 ? v : 0));
  }
  return { loss: top.loss, gradients };
}

/** Mean over all elements; bce is of logits z: max(z, 0) - z y + log(1 + exp(-|z|)). */
function lossGradient(loss: Train['loss'], z: Float64Array, y: Float32Array) {
  const n = z.length;
  let sum = 0;
  const gradient = z.map((v, i) => {
    if (loss === 'mse') {
      sum += (v - y[i]) ** 2;
      return (2 * (v - y[i])) / n;
    }
    sum += Math.max(v, 0) - v * y[i] + Math.log1p(Math.exp(-Math.abs(v)));
    return (1 / (1 + Math.exp(-v)) - y[i]) / n;
  });
  return { loss: sum / n, gradient };
}

/** x [B, in] · w [in, out] + b. */
function dense(x: Float64Array, w: Float64Array, b: Float64Array, batch: number): Float64Array {
  const cout = b.length;
  const cin = x.length / batch;
  const out = new Float64Array(batch * cout);
  for (let r = 0; r < batch; r++) {
    out.set(b, r * cout);
    for (let i = 0; i < cin; i++) {
      const v = x[r * cin + i];
      if (v === 0) continue;
      for (let o = 0; o < cout; o++) out[r * cout + o] += v * w[i * cout + o];
    }
  }
  return out;
}

function denseBackward(x: Float64Array, w: Float64Array, g: Float64Array, batch: number) {
  const cin = x.length / batch;
  const cout = g.length / batch;
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  const db = new Float64Array(cout);
  for (let r = 0; r < batch; r++) {
    for (let o = 0; o < cout; o++) db[o] += g[r * cout + o];
    for (let i = 0; i < cin; i++) {
      const v = x[r * cin + i];
      let sum = 0;
      for (let o = 0; o < cout; o++) {
        sum += g[r * cout + o] * w[i * cout + o];
        dw[i * cout + o] += v * g[r * cout + o];
      }
      dx[r * cin + i] = sum;
    }
  }
  return { dx, dw, db };
}
