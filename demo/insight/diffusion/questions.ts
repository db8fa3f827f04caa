/** How data become noise: which data, and by which noise. */
export interface Forward {
  seed: number;
}

/** Examples at a level of noise, and what the model takes them for. */
export interface Frame {
  /** The step, from 0; −1 where there is no noise. */
  t: number;
  /** ᾱ_t, the part of the variance that is data. */
  signal: number;
  /** x_t, in the units of the data. */
  x: Float32Array;
  /** x̂_0 of x_t. */
  x0: Float32Array;
  /** Mean square of ε − ε̂; NaN on the way back. */
  error: number;
}

/** How samples come of noise. */
export interface Reverse {
  seed: number;
  /** Steps of DDIM. */
  passes: number;
  /** Noise of each step, η. */
  eta: number;
  guidance: number;
  /** The class, −1 for all in turn. */
  label: number;
}

/** What is known of the chain. */
export interface ChainFacts {
  /** T. */
  steps: number;
  /** Classes that the model is told, 0 for none. */
  classes: number;
}
