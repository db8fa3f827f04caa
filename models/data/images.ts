/** Rows of pixels with their labels, both as bytes. */
export interface Images {
  count: number;
  /** [count, height · width], row-major. */
  pixels: Uint8Array;
  /** [count] */
  labels: Uint8Array;
}

/** A set of grey images that stays on the GPU as bytes; a step gathers its batch by index. */
export interface ImageSet {
  name: string;
  height: number;
  width: number;
  /** The brightest value a pixel can have; there are white + 1 levels. */
  white: number;
  train: Images;
  test: Images;
}
