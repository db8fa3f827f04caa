import {
  leakyRelu,
  relu,
  reshape,
  type Shape,
  sigmoid,
  sizeOf,
  type Tensor,
} from '../../engine/index.ts';
import { type Mlp, mlp, mlpInit } from '../mlp.ts';
import type { Generator } from './adversarial.ts';

/** Noise → data of a shape: two hidden layers with relu; pixels by a sigmoid. */
export function denseGenerator(
  { noise, hidden }: { noise: number; hidden: number },
  shape: Shape,
): Generator<Mlp> {
  const inside = shape.length > 1 ? sigmoid : (x: Tensor) => x; // pixels are 0..1
  return {
    weights: mlpInit([noise, hidden, hidden, sizeOf(shape)]),
    run: (weights, z) => reshape(inside(mlp(weights, z, relu)), [-1, ...shape]),
  };
}

/** Data of a shape → score: two hidden layers with a leaky relu of slope 0.2. */
export const denseCritic = ({ hidden }: { hidden: number }, shape: Shape): Mlp =>
  mlpInit([sizeOf(shape), hidden, hidden, 1]);

/** The scores [B, 1] of x [B, ...shape] by such layers. */
export const scoreBy = (layers: Parameters<typeof mlp>[0], x: Tensor): Tensor =>
  mlp(layers, reshape(x, [x.shape[0], -1]), (h) => leakyRelu(h, 0.2));

/** A dense critic as it is. */
export function plainCritic(config: { hidden: number }, shape: Shape) {
  const weights = denseCritic(config, shape);
  return { weights, score: (x: Tensor) => scoreBy(weights, x) };
}
