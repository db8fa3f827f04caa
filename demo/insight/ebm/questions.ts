import type { AskWalk } from '../walk.ts';

/** The energy over a grid of so many places each way. */
export interface AskPlane {
  side: number;
}

/** The energy over the plane, and the chains that training keeps. */
export interface EnergyPlane {
  /** Half the side of the square that the chains live in. */
  extent: number;
  /** [side²], row by row from the top, nats. */
  energy: Float32Array;
  /** Chains of the replay buffer, [n, 2]; null where there is none. */
  buffer: Float32Array | null;
}

/** Chains of Langevin dynamics, from noise where they begin. */
export interface AskChains extends AskWalk {
  count: number;
}

/** Chains of images from noise on. */
export interface Frames {
  /** Moves before each frame. */
  moves: number[];
  /** [frames, n, H·W·C], 0..1. */
  images: Float32Array;
  /** The mean energy in each frame, nats. */
  energies: number[];
}
