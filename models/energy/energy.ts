import { type Shape, type Tensor, type Variable, variable, where } from '../../engine/index.ts';
import type { Model } from '../model.ts';
import { type Chain, chains, type Sampler } from '../sampler.ts';

/** A model p(x) = exp(−E(x)) / Z, whose Z is a sum or an integral over all x. */
export interface EnergyModel extends Model {
  /** E(x) of each of [B, ...shape]: [B], nats. */
  energy(x: Tensor): Tensor;
}

/** An energy-based model of images, which draws any part of an image given the rest by chains that hold it. */
export type ImageEnergy = EnergyModel & Required<Pick<Model, 'complete'>>;

/** Chains over images [H, W, C] in which the pixels that are `known` stay as they are given. */
export function clamped(
  images: Float32Array<ArrayBuffer>,
  known: Uint8Array,
  [height, width, colours]: Shape,
  { moves, start, move }: Omit<Chain, 'result' | 'start'> & { moves: number; start: Start },
): Sampler {
  const shape = [images.length / (height * width * colours), height, width, colours];
  const given = variable(images, shape, { name: 'given images' });
  const mask = variable(Float32Array.from(known), [height, width, 1], { name: 'known pixels' });
  const held = (x: Tensor) => where(mask, given, x);
  const sampler = chains(shape, moves, {
    start: () => held(start(shape)),
    move: (x, i) => held(move(x, i)),
  });
  return {
    ...sampler,
    dispose() {
      for (const owned of [sampler, given, mask] as (Sampler | Variable)[]) owned.dispose();
    },
  };
}

/** Where chains begin, [n, ...shape]. In a step. */
export type Start = (shape: Shape) => Tensor;
