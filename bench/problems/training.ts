import { backward, leaf, type Tape, type Value } from '../float64/tape.ts';
import type { Check, Inputs } from '../types.ts';
import type { Judge } from './kind.ts';
import { type Random, uniform } from './numbers.ts';

/** Adam as all contestants run it: Kingma and Ba, arXiv:1412.6980, algorithm 1. */
export const adam = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 } as const;

/** How many steps of a training problem are checked. */
export const checkedSteps = 3;

/** The shape of each parameter, by name, in the order they are drawn. */
export type Shapes = Record<string, number[]>;

/** A loss in float64 of the parameters, recorded on a tape. */
export type Loss = (tape: Tape, parameters: Record<string, Value>) => Value;

/**
 * Weights in ±1/√fan_in, the fan being all axes but the last; names that end in `Bias` or `Shift`
 * as PyTorch's biases, small; `Scale` near 1.
 */
export function drawParameters(shapes: Shapes, random: Random): Inputs {
  const draw = (name: string, shape: number[]): Float32Array => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (name.endsWith('Scale')) return uniform(size, 0.1, random).map((v) => 1 + v);
    const fan = shape.length === 1 ? 100 : size / shape[shape.length - 1];
    return uniform(size, 1 / Math.sqrt(fan), random);
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, draw(name, shape)]),
  );
}

/** Parameters of these shapes as leaves. */
export const parametersOf = (
  shapes: Shapes,
  values: Record<string, ArrayLike<number>>,
): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, leaf(values[name], shape)]),
  );

/** How many parameters there are. */
export const countOf = (shapes: Shapes): number =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** A loss with the parameters that are updated by it, told by their names. */
export interface Turn {
  loss: Loss;
  moves(name: string): boolean;
}

/** Losses before each of the first `steps` updates, all in float64. */
export const trainLosses = (shapes: Shapes, inputs: Inputs, loss: Loss, steps: number) =>
  trainInTurns(shapes, inputs, [{ loss, moves: () => true }], steps);

/** Steps of several updates one after the other: the losses before each, [steps, turns]. */
export function trainInTurns(
  shapes: Shapes,
  inputs: Inputs,
  turns: readonly Turn[],
  steps: number,
): number[][] {
  const state = Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    p: Float64Array.from(inputs[name]),
    m: new Float64Array(inputs[name].length),
    v: new Float64Array(inputs[name].length),
  }));
  return Array.from({ length: steps }, (_, t) =>
    turns.map(({ loss, moves }) => {
      const tape: Tape = [];
      const values = Object.fromEntries(state.map(({ name, p, shape }) => [name, leaf(p, shape)]));
      const value = loss(tape, values);
      backward(tape, value);
      for (const s of state) if (moves(s.name)) update(s, values[s.name].grad, t + 1);
      return value.data[0];
    }),
  );
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

/**
 * Judges by the losses of the first steps, relative: gradients and Adam show from the second on.
 * 1e-4 since Adam's first steps go by the sign of a gradient, and small ones have a rounded sign.
 */
export const byLosses = (wanted: number[][]): Judge => ({
  calls: wanted.length,
  compare(reads): Check {
    const tolerance = 1e-4;
    const errors = wanted.flatMap((losses, i) =>
      losses.map((loss, k) => Math.abs(reads[i][k][0] - loss) / Math.abs(loss)),
    );
    const error = errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
    return { ok: error <= tolerance, error, tolerance };
  },
});

/** Bytes of the parameters with their moments, read and written by a step, and of its batch. */
export const trainingBytes = (shapes: Shapes, batch: number): number =>
  4 * (6 * countOf(shapes) + batch);
