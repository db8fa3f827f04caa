import type { Inputs } from '../types.ts';
import { byLikeliest } from './generate.ts';
import type { Kind } from './kind.ts';
import { whole } from './numbers.ts';
import { countOf, drawParameters, type Shapes } from './training.ts';

/**
 * The last `count` of `context` samples of a WaveNet with layers dilated by 1, 2, 4, ..., each the
 * likeliest after those before; these are given.
 */
export interface GenerateAudio {
  kind: 'generateAudio';
  levels: number;
  channels: number;
  skips: number;
  layers: number;
  context: number;
  count: number;
}

/** Matrices are [in, out]; `gate` has the past tap first, filters before gates: [2, C, 2 C]. */
export function audioShapes({ levels, channels, skips, layers }: GenerateAudio): Shapes {
  const shapes: Shapes = { levels: [levels, channels], levelsBias: [channels] };
  const matrix = (name: string, ...shape: number[]) =>
    Object.assign(shapes, { [name]: shape, [`${name}Bias`]: [shape[shape.length - 1]] });
  for (let l = 0; l < layers; l++) {
    matrix(`gate${l}`, 2, channels, 2 * channels);
    matrix(`skip${l}`, channels, skips);
    if (l + 1 < layers) matrix(`residual${l}`, channels, channels);
  }
  matrix('first', skips, skips);
  matrix('head', skips, levels);
  return shapes;
}

/** Samples that the layers look back, their own among them. */
export const reach = ({ layers }: GenerateAudio): number => 2 ** layers;

const perSample = ({ levels, channels: c, skips: s, layers }: GenerateAudio): number =>
  layers * (5 * c * c + c * s) + s * s + s * levels;

/** b + x · w of one row, w being [in, out]. */
function affine(x: Float64Array, w: Float32Array, b: Float32Array): Float64Array {
  const y = Float64Array.from(b);
  x.forEach((v, i) => {
    for (let o = 0; o < y.length; o++) y[o] += v * w[i * y.length + o];
  });
  return y;
}

const relu = (x: Float64Array) => x.map((v) => Math.max(v, 0));
const plus = (x: Float64Array, y: Float64Array) => x.map((v, i) => v + y[i]);

/** Logits of each of the last samples of `x`, sample by sample and layer by layer in float64. */
function columns(p: GenerateAudio, w: Inputs, x: ArrayLike<number>, last: number): Float64Array[] {
  const { channels: c, layers } = p;
  const dense = (name: string, row: Float64Array) => affine(row, w[name], w[`${name}Bias`]);
  const heard: Float64Array[][] = Array.from({ length: layers }, () => []); // by layer and time
  const rows = Array.from({ length: x.length }, (_, t) => {
    let h: Float64Array = Float64Array.from(w.levelsBias);
    if (t > 0) h = h.map((v, i) => v + w.levels[x[t - 1] * c + i]);
    let skips: Float64Array = new Float64Array(p.skips);
    for (let l = 0; l < layers; l++) {
      heard[l].push(h);
      const past = heard[l][t - 2 ** l] ?? new Float64Array(c);
      const both = dense(`gate${l}`, Float64Array.of(...past, ...h));
      const z = both.slice(0, c).map((v, i) => Math.tanh(v) / (1 + Math.exp(-both[c + i])));
      skips = plus(skips, dense(`skip${l}`, z));
      if (l + 1 < layers) h = plus(h, dense(`residual${l}`, z));
    }
    return skips;
  });
  return rows.slice(-last).map((skips) => dense('head', relu(dense('first', relu(skips)))));
}

export const generateAudio: Kind<GenerateAudio> = {
  mode: 'latency',
  shape: ({ channels, skips, layers, context, count }) =>
    `${layers} layers of ${channels}, skips ${skips}, samples ${context - count} to ${context}`,
  /** Each new sample once through the network. */
  flops: (p) => 2 * p.count * perSample(p),
  bytes: (p) => 4 * (countOf(audioShapes(p)) + p.count),
  inputs: (p, random) => ({
    ...drawParameters(audioShapes(p), random),
    samples: whole(p.context - p.count, p.levels, random),
  }),
  judge: (p, inputs) =>
    byLikeliest((drawn) => {
      const all = [...inputs.samples, ...drawn];
      return columns(p, inputs, all.slice(-reach(p) - p.count), p.count);
    }),
};
