/** Encoded test images, and what each dimension of z is used for. */
export interface Cloud {
  latent: number;
  /** Centres of q(z|x), [count, latent]. */
  z: Float32Array;
  /** The class of each, null where images have none. */
  classes: Uint32Array | null;
  /** Names of the classes. */
  names: readonly string[];
  /** KL term of each dimension, nats, mean over the images. */
  kl: number[];
  /** Variance of the centres of each dimension. */
  variance: number[];
  /** The first of the images, [.., H·W·C]. */
  images: Float32Array;
}

/** Images that a view shows and names by number. */
export const SHOWN = 12;

/** Latent vectors to decode, one after another. */
export interface Decode {
  z: number[];
}

/** A way between two test images. */
export interface Between {
  from: number;
  to: number;
  way: 'linear' | 'spherical';
  steps: number;
}

/** What a VQ-VAE makes of test images. */
export interface Codes {
  /** How often each code is used. */
  uses: number[];
  perplexity: number;
  grid: readonly [height: number, width: number];
  /** The first images, their codes and what these are decoded to. */
  images: Float32Array;
  codes: Uint32Array;
  decoded: Float32Array;
}
