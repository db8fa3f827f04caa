import { demand } from '../errors.ts';
import { type DType, dims, type Shape } from '../tensor.ts';

/** Of the vertical and the horizontal axis. */
export type Pair = readonly [number, number];

/**
 * Pixels added around an image: all round, [vertical, horizontal], or [[top, bottom], [left, right]].
 * 'same' adds what makes the output as large as the input divided by the stride, 'valid' nothing.
 */
export type Padding = number | Pair | readonly [Pair, Pair] | 'same' | 'valid';

/** How a window moves over an image. */
export interface Moves {
  readonly stride: Pair;
  readonly padding: readonly [Pair, Pair];
  readonly dilation: Pair;
}

export interface MoveOptions {
  readonly stride?: number | Pair;
  readonly padding?: Padding;
  readonly dilation?: number | Pair;
}

export const pair = (v: number | Pair): Pair => (typeof v === 'number' ? [v, v] : v);

/** Pixels from the first to the last that a window of `kernel` taps covers. */
export const spanOf = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** Fills in what options leave open; throws for what no window can do. */
export function movesOf(size: Pair, kernel: Pair, o: MoveOptions): Moves {
  const [stride, dilation] = [pair(o.stride ?? 1), pair(o.dilation ?? 1)];
  for (const [name, v] of Object.entries({ stride, dilation })) {
    demand(
      v.length === 2 && v.every((n) => Number.isInteger(n) && n >= 1),
      () => `${name} is ${text(v)}, expected whole numbers of at least 1.`,
    );
  }
  const axis = (i: 0 | 1): Pair => paddingOf(o.padding ?? 0, i, size, kernel, stride, dilation);
  const padding = [axis(0), axis(1)] as const;
  demand(
    padding.flat().every((n) => Number.isInteger(n) && n >= 0),
    () => `padding is ${text(o.padding)}, expected whole numbers of at least 0. Crop with slice().`,
  );
  return { stride, padding, dilation };
}

const text = (v: unknown): string => JSON.stringify(v);

function paddingOf(p: Padding, i: 0 | 1, size: Pair, kernel: Pair, stride: Pair, dil: Pair): Pair {
  if (p === 'valid') return [0, 0];
  if (typeof p === 'number') return [p, p];
  if (p === 'same') {
    const out = Math.ceil(size[i] / stride[i]);
    const total = Math.max(0, (out - 1) * stride[i] + spanOf(kernel[i], dil[i]) - size[i]);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
  demand(
    Array.isArray(p) && p.length === 2,
    () => `padding is ${text(p)}, expected a number, a pair, a pair of pairs, 'same' or 'valid'.`,
  );
  const own = p[i];
  return typeof own === 'number' ? [own, own] : own;
}

/** Positions of a window on an image. Throws when it fits nowhere. */
export function outputOf(size: Pair, kernel: Pair, { stride, padding, dilation }: Moves): Pair {
  const axis = (i: 0 | 1): number => {
    const room = size[i] + padding[i][0] + padding[i][1] - spanOf(kernel[i], dilation[i]);
    return Math.floor(room / stride[i]) + 1;
  };
  const out = [axis(0), axis(1)] as const;
  demand(
    out.every((n) => n >= 1),
    () =>
      `a window of [${kernel}], dilation [${dilation}], does not fit into [${size}] with padding ` +
      `${text(padding)}. Use a smaller one or more padding.`,
  );
  return out;
}

/** Checks that a tensor is a batch of images [B, H, W, C], of f32 unless said. */
export function demandImages(
  name: string,
  t: { shape: Shape; dtype: DType },
  dtype: DType = 'f32',
): void {
  demand(
    t.shape.length === 4,
    () => `${name} is ${dims(t)}, expected [B, H, W, C]. Use reshape() or permute().`,
  );
  demandFloat(name, t, dtype);
}

export function demandFloat(name: string, t: { dtype: DType }, dtype: DType = 'f32'): void {
  demand(
    t.dtype === dtype,
    () => `${name} is ${t.dtype}, expected ${dtype}. Use cast(${name}, '${dtype}').`,
  );
}
