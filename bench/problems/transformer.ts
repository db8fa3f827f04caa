import { attention } from '../float64/attention.ts';
import { crossEntropy } from '../float64/losses.ts';
import { add, embed, gelu, layerNorm } from '../float64/ops.ts';
import { linear } from '../float64/products.ts';
import type { Tape, Value } from '../float64/tape.ts';
import type { Inputs } from '../types.ts';
import type { Kind } from './kind.ts';
import { EPSILON } from './layer_norm.ts';
import { whole } from './numbers.ts';
import {
  byLosses,
  checkedSteps,
  drawParameters,
  type Loss,
  type Shapes,
  trainingBytes,
  trainLosses,
} from './training.ts';

/**
 * One step of Adam on a causal pre-norm transformer: learned positions, `layers` of attention and an
 * MLP with gelu, a norm and a head of its own; cross-entropy of the next token.
 */
export interface Transformer {
  kind: 'transformer';
  /** Symbols that it sees. */
  vocab: number;
  /** Symbols that it tells apart. */
  classes: number;
  width: number;
  layers: number;
  heads: number;
  hidden: number;
  steps: number;
  batch: number;
}

/** Matrices are [in, out]; `qkv` holds queries, keys and values side by side, heads within. */
export function transformerShapes(p: Omit<Transformer, 'kind' | 'batch'>): Shapes {
  const shapes: Shapes = { table: [p.vocab, p.width], positions: [p.steps, p.width] };
  const matrix = (name: string, cin: number, cout: number) =>
    Object.assign(shapes, { [name]: [cin, cout], [`${name}Bias`]: [cout] });
  const norm = (name: string) =>
    Object.assign(shapes, { [`${name}Scale`]: [p.width], [`${name}Shift`]: [p.width] });
  for (let l = 0; l < p.layers; l++) {
    norm(`first${l}`);
    matrix(`qkv${l}`, p.width, 3 * p.width);
    matrix(`out${l}`, p.width, p.width);
    norm(`second${l}`);
    matrix(`up${l}`, p.width, p.hidden);
    matrix(`down${l}`, p.hidden, p.width);
  }
  norm('last');
  matrix('head', p.width, p.classes);
  return shapes;
}

/** What the network says of the symbol after each of `tokens`, in float64: [.., T, classes]. */
export function transformerLogits(
  { layers, heads }: Pick<Transformer, 'layers' | 'heads'>,
  tokens: ArrayLike<number>,
) {
  return (tape: Tape, w: Record<string, Value>): Value => {
    const dense = (name: string, x: Value) => linear(tape, x, w[name], w[`${name}Bias`]);
    const norm = (name: string, x: Value) =>
      layerNorm(tape, x, w[`${name}Scale`], w[`${name}Shift`], EPSILON);
    let h = embed(tape, w.table, w.positions, tokens);
    for (let l = 0; l < layers; l++) {
      const mixed = attention(tape, dense(`qkv${l}`, norm(`first${l}`, h)), heads);
      h = add(tape, h, dense(`out${l}`, mixed));
      const wide = gelu(tape, dense(`up${l}`, norm(`second${l}`, h)));
      h = add(tape, h, dense(`down${l}`, wide));
    }
    return dense('head', norm('last', h));
  };
}

/** The network's loss in float64. */
export function transformerLoss(p: Transformer, { tokens, labels }: Inputs): Loss {
  const logits = transformerLogits(p, tokens);
  return (tape, w) => crossEntropy(tape, logits(tape, w), labels);
}

/** Multiplications of a forward pass for one token, besides those of attention. */
export const perToken = ({
  width,
  hidden,
  layers,
  classes,
}: Pick<Transformer, 'width' | 'hidden' | 'layers' | 'classes'>): number =>
  layers * (4 * width * width + 2 * width * hidden) + width * classes;

export const transformer: Kind<Transformer> = {
  mode: 'latency',
  shape: ({ width, layers, heads, steps, batch }) =>
    `d ${width}, ${layers} layers, ${heads} heads, T ${steps}, batch ${batch}`,
  flops(p) {
    const tokens = p.batch * p.steps;
    const looks = p.layers * p.batch * ((p.steps * (p.steps + 1)) / 2) * p.width;
    return 6 * tokens * perToken(p) + 2 * 7 * looks;
  },
  bytes: (p) => trainingBytes(transformerShapes(p), 2 * p.batch * p.steps),
  inputs: (p, random) => ({
    ...drawParameters(transformerShapes(p), random),
    tokens: whole(p.batch * p.steps, p.vocab, random),
    labels: whole(p.batch * p.steps, p.classes, random),
  }),
  judge: (p, inputs) =>
    byLosses(trainLosses(transformerShapes(p), inputs, transformerLoss(p, inputs), checkedSteps)),
};
