import { meanTimes, unitPenalty } from '../float64/losses.ts';
import { add, relu, times } from '../float64/ops.ts';
import { linear, linearInput } from '../float64/products.ts';
import { leaf, type Tape, type Value } from '../float64/tape.ts';
import type { Inputs } from '../types.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';
import {
  byLosses,
  checkedSteps,
  drawParameters,
  type Loss,
  type Shapes,
  trainInTurns,
  trainingBytes,
} from './training.ts';

/**
 * One step of a WGAN-GP on points of the plane (arXiv 1704.00028, algorithm 1): an update of the critic by
 * E D(x̃) − E D(x) + λ E (‖∇D(x̂)‖ − 1)², then one of the generator by −E D(x̃), with Adam. Data, noise and the
 * places between are given. Its results are both losses.
 */
export interface WganGp {
  kind: 'wganGp';
  noise: number;
  hidden: number;
  batch: number;
}

/** λ of the paper, and the slope of its leaky relu. */
export const [PENALTY, LEAK] = [10, 0.2];
const LAYERS = [0, 1, 2];

/** `g0 g0Bias .. g2Bias` of the generator, `d0 ..` of the critic; weights are [in, out]. */
export function wganGpShapes({ noise, hidden }: WganGp): Shapes {
  const network = (name: string, widths: number[]) =>
    LAYERS.flatMap((i): [string, number[]][] => [
      [`${name}${i}`, [widths[i], widths[i + 1]]],
      [`${name}${i}Bias`, [widths[i + 1]]],
    ]);
  return Object.fromEntries([
    ...network('g', [noise, hidden, hidden, 2]),
    ...network('d', [2, hidden, hidden, 1]),
  ]);
}

/** Whether a parameter is the critic's. */
export const ofCritic = (name: string): boolean => name.startsWith('d');

type Parameters = Record<string, Value>;

function generated(tape: Tape, w: Parameters, { z }: Inputs, { batch, noise }: WganGp): Value {
  let h = leaf(z, [batch, noise]);
  for (const i of LAYERS) h = linear(tape, i ? relu(tape, h) : h, w[`g${i}`], w[`g${i}Bias`]);
  return h;
}

const slopesOf = (h: Value) => h.data.map((v) => (v > 0 ? 1 : LEAK));

/** Scores of points, and what the leaky relus multiply by at each of them. */
function scored(tape: Tape, w: Parameters, x: Value) {
  const slopes: Float64Array[] = [];
  let h = x;
  for (const i of LAYERS) {
    if (i) slopes.push(slopesOf(h));
    h = linear(tape, i ? times(tape, h, slopesOf(h)) : h, w[`d${i}`], w[`d${i}Bias`]);
  }
  return { score: h, slopes };
}

/** The critic's loss in float64. */
export function criticLoss(p: WganGp, inputs: Inputs): Loss {
  const { batch } = p;
  const { x, e } = inputs;
  const share = (of: (eps: number) => number) =>
    Float64Array.from({ length: 2 * batch }, (_, i) => of(e[i >> 1]));
  return (tape, w) => {
    const real = leaf(x, [batch, 2]);
    const fake = generated(tape, w, inputs, p);
    const mixed = add(
      tape,
      times(
        tape,
        real,
        share((eps) => eps),
      ),
      times(
        tape,
        fake,
        share((eps) => 1 - eps),
      ),
    );
    const [below, above] = scored(tape, w, mixed).slopes;
    // ∂D/∂x̂, from the score back
    const top = linearInput(tape, leaf(new Float64Array(batch).fill(1), [batch, 1]), w.d2);
    const middle = linearInput(tape, times(tape, top, above), w.d1);
    const slope = linearInput(tape, times(tape, middle, below), w.d0);
    const gap = add(
      tape,
      meanTimes(tape, scored(tape, w, fake).score, 1),
      meanTimes(tape, scored(tape, w, real).score, -1),
    );
    return add(tape, gap, unitPenalty(tape, slope, PENALTY));
  };
}

/** The generator's loss in float64. */
export const generatorLoss =
  (p: WganGp, inputs: Inputs): Loss =>
  (tape, w) =>
    meanTimes(tape, scored(tape, w, generated(tape, w, inputs, p)).score, -1);

export const wganGp: Kind<WganGp> = {
  mode: 'latency',
  shape: ({ noise, hidden, batch }) =>
    `${noise}-${hidden}-${hidden}-2 and 2-${hidden}-${hidden}-1, batch ${batch}`,
  flops: () => 0,
  bytes: (p) => trainingBytes(wganGpShapes(p), p.batch * (3 + p.noise)),
  inputs: (p, random) => ({
    ...drawParameters(wganGpShapes(p), random),
    x: uniform(2 * p.batch, 2, random),
    z: uniform(p.noise * p.batch, 2, random),
    e: uniform(p.batch, 0.5, random).map((v) => v + 0.5),
  }),
  judge: (p, inputs) =>
    byLosses(
      trainInTurns(
        wganGpShapes(p),
        inputs,
        [
          { loss: criticLoss(p, inputs), moves: ofCritic },
          { loss: generatorLoss(p, inputs), moves: (name) => !ofCritic(name) },
        ],
        checkedSteps,
      ),
    ),
};
