import { broadcastTo, currentGpu, mul, seeded, type Tensor, tensor } from '../engine/index.ts';
import { total } from '../models/chunks.ts';
import { type Denoiser, denoiserOf } from '../models/discrete/denoisers.ts';
import { type DiscreteDiffusion, stratified } from '../models/discrete/diffusion.ts';
import type { Symbols } from '../models/discrete/symbols.ts';
import { floats } from './numbers.ts';

// Discrete diffusion on so few symbols that all of their lists can be written down.

const same = (x: Tensor) => x;
export const tiny = (count: number, length: number): Symbols => ({
  ...{ count, length, shape: [length] },
  ...{ read: same, write: same },
});

export const small = { network: 'mlp', width: 32, layers: 1, heads: 1 } as const;

/** A network that nobody trained, whose logits differ by a few nats; always the same one. */
export function strange(symbols: Symbols): Denoiser {
  const net = seeded(1, () => denoiserOf(small, symbols));
  return { ...net, logits: (x, t) => mul(net.logits(x, t), 6) };
}

/** All lists of `length` numbers 0 ... states − 1. */
export const lists = (states: number, length: number): number[][] =>
  Array.from({ length: states ** length }, (_, k) =>
    Array.from({ length }, (_, d) => Math.floor(k / states ** d) % states),
  );

/** Logits of rows of symbols, all at the same time, in float64: [rows][D][V]. */
export async function logitsOf(
  net: Denoiser,
  { count, length }: Symbols,
  rows: number[][],
  t: number,
) {
  const step = currentGpu().step((x: Tensor) => net.logits(x, broadcastTo(t, [rows.length])));
  const x = tensor(Uint32Array.from(rows.flat()), [rows.length, length]);
  const flat = Array.from(await floats(step(x)));
  step.dispose();
  return rows.map((_, r) =>
    Array.from({ length }, (_, d) => {
      const start = (r * length + d) * count;
      return flat.slice(start, start + count);
    }),
  );
}

/** Two symbols of three values. */
export const pair = tiny(3, 2);

export const normalise = (weights: number[]) => weights.map((w) => w / total(weights));
export const softmax = (logits: number[]) => normalise(logits.map((l) => Math.exp(l)));

/** The mean of a model's bound of one example over noise and times, to five standard errors. */
export async function meanBound(model: DiscreteDiffusion, x: number[], n = 16384) {
  const row = tensor(Uint32Array.from(x), [1, x.length]);
  const step = currentGpu().step(() => model.bound(broadcastTo(row, [n, x.length]), stratified(n)));
  const values = await floats(step());
  step.dispose();
  const mean = total(values) / n;
  const variance = total(values.map((v) => (v - mean) ** 2)) / n;
  return { mean, within: 5 * Math.sqrt(variance / n) + 1e-3 };
}
