import {
  cast,
  div,
  mul,
  reshape,
  round,
  type Shape,
  sizeOf,
  type Tensor,
} from '../../engine/index.ts';
import { openSource, type Source } from '../data/source.ts';

/** Examples as symbols: `length` numbers 0 ... count − 1 each. */
export interface Symbols {
  readonly count: number;
  readonly length: number;
  /** [T] of a text, [H, W, C] of an image. */
  readonly shape: Shape;
  /** Examples [B, ...] as symbols [B, D] u32. In a step. */
  read(x: Tensor): Tensor;
  /** Symbols [B, D] u32 as examples [B, ...]. In a step. */
  write(symbols: Tensor): Tensor;
}

/** What stands for no symbol: the mask, or a blank to be filled in. */
export const maskOf = ({ count }: Symbols): number => count;

/** How data become symbols. */
interface Reading {
  /** Levels of a pixel. */
  levels: number;
  /** Symbols of a window of a long text. */
  length: number;
}

/** Opens a data set whose examples are read as symbols: tokens as they are, pixels as so many levels. */
export async function openSymbols(data: string, { levels, length }: Reading) {
  const source = await openSource(data, { binary: levels === 2, length });
  return { source, symbols: symbolsOf(source, levels) };
}

/** How the examples of a data set are read as symbols. */
export function symbolsOf({ form, shape, white }: Source, levels: number): Symbols {
  if (form.kind === 'images') return pixelSymbols(shape, levels);
  const same = (x: Tensor) => x;
  return { count: white + 1, length: shape[0], shape, read: same, write: same };
}

/** Pixels 0..1 as the nearest of `levels` equally spaced ones. */
const pixelSymbols = (shape: Shape, levels: number): Symbols => ({
  count: levels,
  length: sizeOf(shape),
  shape,
  read: (x) => cast(reshape(round(mul(x, levels - 1)), [-1, sizeOf(shape)]), 'u32'),
  write: (symbols) => reshape(div(cast(symbols, 'f32'), levels - 1), [-1, ...shape]),
});
