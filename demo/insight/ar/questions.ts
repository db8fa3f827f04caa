/** Which inputs one output hears. */
export interface FieldOfPixel {
  /** Number of a test image. */
  image: number;
  /** The pixel that is told. */
  pixel: number;
}

/** Root mean square of ∂ numbers of the pixel / ∂ each pixel, [H·W], and the image. */
export interface PixelField {
  heat: Float32Array;
  image: Float32Array;
}

/** What is drawn, value by value in the model's order. */
export interface DrawValues {
  /** Symbols that are given, from the first. */
  given: number[];
  seed: number;
  temperature: number;
  /** The class, where the model is told one. */
  label: number;
}

/** A value that was drawn. */
export interface Drawn {
  /** Which of all values it is, in the order of the example. */
  place: number;
  /** The level or symbol that was drawn. */
  value: number;
  /** What the model said of it, [levels]. */
  probabilities: Float32Array;
}

/** A sequence of symbols. */
export interface Read {
  symbols: number[];
}

/** What the model says of each symbol given those before it: [T, V]. */
export type Said = Float32Array;

/** Which symbols the prediction at a place hears. */
export interface FieldOfSymbol extends Read {
  place: number;
}
