import type { Optimiser } from '../engine/optim.ts';
import type { Tensor } from '../engine/tensor.ts';
import type { Tree } from '../engine/tree.ts';
import type { Form } from './data/form.ts';
import type { Source } from './data/source.ts';
import type { Sampler } from './sampler.ts';

/** What commands and pages need of a model, whatever its family. */
export interface Model {
  /** Parameters and averages: what training changes, but for the optimisers' own state. */
  readonly variables: Tree;
  /** Its optimisers by name. */
  readonly optimisers: Readonly<Record<string, Optimiser>>;
  /** Rows of data that one step takes. */
  readonly rows: number;
  /**
   * Training step number `i`, from 0, on data [rows, ...] and its classes [rows], u32, null where
   * the data has none: losses by name. Inside gpu.step.
   */
  step(x: Tensor, i: number, classes?: Tensor | null): Record<string, Tensor>;
  /** Other pictures and texts than samples, by name. */
  readonly views?: Readonly<Record<string, View>>;
  /**
   * Of a model of images that can be given any part of them: draws what is not `known`, [H·W] of 0 or 1, of
   * images [n, H·W·C] row by row.
   */
  complete?(images: Float32Array<ArrayBuffer>, known: Uint8Array): Sampler;
  /** What draws n samples, [n, ...], of the model as it is at each draw. */
  sampler(n: number): Sampler;
}

/** Makes a picture of the model as it is, perhaps from test data, or tells of it. Outside of steps. */
export type View = (source: Source) => Promise<Gallery | Lines>;

/** A view that is a picture. */
export type Picture = (source: Source) => Promise<Gallery>;

/** Text to read. */
export interface Lines {
  lines: string[];
}

/** Images with values 0..1, row by row, in rows of so many. */
export interface Gallery {
  images: Float32Array;
  columns: number;
  /** What an image is, where it is no example of the data. */
  form?: Form & { kind: 'images' };
}
