import { byLikeliest, rowOf } from './generate.ts';
import type { Kind } from './kind.ts';
import { countOf, drawParameters, parametersOf } from './training.ts';
import { perToken, type Transformer, transformerLogits, transformerShapes } from './transformer.ts';

/** `steps` symbols of a causal transformer, each the likeliest after those before, from the start. */
export interface GenerateText extends Omit<Transformer, 'kind' | 'batch'> {
  kind: 'generateText';
}

export const generateText: Kind<GenerateText> = {
  mode: 'latency',
  shape: ({ width, layers, heads, steps }) =>
    `d ${width}, ${layers} layers, ${heads} heads, T ${steps}`,
  /** Each symbol once through the network, looking at those before it. */
  flops: (p) => 2 * p.steps * perToken(p) + 2 * p.layers * p.steps * (p.steps + 1) * p.width,
  bytes: (p) => 4 * (countOf(transformerShapes(p)) + p.steps),
  inputs: (p, random) => drawParameters(transformerShapes(p), random),
  judge: (p, inputs) =>
    byLikeliest((drawn) => {
      const parameters = parametersOf(transformerShapes(p), inputs);
      const seen = [p.vocab - 1, ...drawn.subarray(0, -1)];
      const { data } = transformerLogits(p, seen)([], parameters);
      return seen.map((_, t) => rowOf(data, t, p.classes));
    }),
};
