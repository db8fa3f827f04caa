import type { Inputs, Problem } from '../types.ts';
import { attention } from './attention.ts';
import { cnn } from './cnn.ts';
import { conv } from './conv.ts';
import { conv1d } from './conv1d.ts';
import { convTranspose } from './conv_transpose.ts';
import { coverage } from './coverage.ts';
import { cumsum } from './cumsum.ts';
import { frechet } from './frechet.ts';
import { gated } from './gated.ts';
import { generateAudio } from './generate_audio.ts';
import { generateImage } from './generate_image.ts';
import { generateText } from './generate_text.ts';
import { host } from './host.ts';
import type { Judge, Kind } from './kind.ts';
import { layerNorm } from './layer_norm.ts';
import { logDet } from './log_det.ts';
import { lookup } from './lookup.ts';
import { masked } from './masked.ts';
import { maskedLayer } from './masked_layer.ts';
import { matmul } from './matmul.ts';
import { mlp } from './mlp.ts';
import { generator } from './numbers.ts';
import { penalty } from './penalty.ts';
import { pointwise } from './pointwise.ts';
import { pool } from './pool.ts';
import { reduce } from './reduce.ts';
import { softmax } from './softmax.ts';
import { transformer } from './transformer.ts';
import { transpose } from './transpose.ts';
import { unet } from './unet.ts';
import { wganGp } from './wgan_gp.ts';

type Of<K extends Problem['kind']> = Extract<Problem, { kind: K }>;

const kinds: { [K in Problem['kind']]: Kind<Of<K>> } = {
  matmul,
  conv,
  convTranspose,
  masked,
  maskedLayer,
  conv1d,
  cumsum,
  lookup,
  pool,
  transpose,
  softmax,
  layerNorm,
  reduce,
  pointwise,
  attention,
  logDet,
  penalty,
  mlp,
  cnn,
  transformer,
  gated,
  unet,
  wganGp,
  generateText,
  generateImage,
  generateAudio,
  coverage,
  frechet,
  host,
};

/** What the bench knows of this problem's kind. */
export const kindOf = (problem: Problem): Kind<Problem> => kinds[problem.kind] as Kind<Problem>;

/** The numbers every contestant starts from. */
export const makeInputs = (problem: Problem, seed = 8): Inputs =>
  kindOf(problem).inputs(problem, generator(seed));

/** A judge of one problem, in float64. */
export const judge = (problem: Problem, inputs: Inputs): Judge =>
  kindOf(problem).judge(problem, inputs);

/** How a contestant makes problems ready: one function per kind it takes part in. */
export type Builders<Made> = {
  [K in Problem['kind']]?: (problem: Of<K>, inputs: Inputs) => Made;
};

/** Builds the problem, or null where there is no builder. */
export function build<Made>(builders: Builders<Made>, problem: Problem, inputs: Inputs) {
  const builder = builders[problem.kind] as ((p: Problem, i: Inputs) => Made) | undefined;
  return builder?.(problem, inputs) ?? null;
}
