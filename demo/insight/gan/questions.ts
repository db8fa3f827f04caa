import type { DiracRates, diracMethods } from '../../../models/gan/dirac_gan.ts';

/** What the critic says over the plane: of a grid of so many places each way. */
export interface AskPlane {
  side: number;
}

/** Critic and generator on points of the plane. */
export interface GanPlane {
  /** The critic's score, [side²], row by row from the top. */
  scores: Float32Array;
  /** Points of the generator as trained, [n, 2]. */
  fakes: Float32Array;
  /** The way the generator's loss falls from each of the first of these, times n, [k, 2]. */
  pull: Float32Array;
  /** Of a mixture: points within 3σ of each mode, and modes with at least a fifth of their share. */
  hits: number[] | null;
  covered: number;
}

/** How a Dirac-GAN is trained. */
export interface AskDirac extends DiracRates {
  method: keyof typeof diracMethods;
  steps: number;
}

/** The ways of a Dirac-GAN. */
export interface Dirac {
  /** (θ, ψ) before each update, [steps, 2]. */
  path: Float32Array;
  /** States over the plane and what an update does to them, [n, 2]. */
  at: Float32Array;
  by: Float32Array;
  /** Of the update at (0, 0): the size of the larger eigenvalue, null where it has a kink there. */
  radius: number | null;
}

/** Half the side of what is shown of θ and ψ. */
export const DIRAC_EXTENT = 2;

/** Samples beside the training images nearest to them. */
export interface Neighbours {
  /** [n, H·W·C], 0..1. */
  samples: Float32Array;
  nearest: Float32Array;
  /** Euclidean distance of each pair. */
  distances: number[];
  /** Names of the classes of the nearest, and whether samples were drawn of each class in turn. */
  classes: string[];
  conditional: boolean;
  /** The mean distance of training images from the training images nearest to them. */
  usual: number;
  /** Training images that were looked at. */
  among: number;
}
