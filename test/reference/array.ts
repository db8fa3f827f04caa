/** A row-major float64 array of n dimensions. The reference computes with nothing else. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly dtype: 'f32' | 'i32' | 'u32' | 'u8';
}

/** What an op of the reference takes, as in the engine: an array or a number. */
export type NdArg = Nd | number;

/** Number of elements of a shape; of `[]` it is 1. */
export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An array of the given shape holding the given numbers. */
export function nd(shape: readonly number[], data: ArrayLike<number>, dtype: Nd['dtype'] = 'f32') {
  if (data.length !== count(shape)) throw new Error(`nd: ${data.length} numbers for [${shape}]`);
  return { shape: [...shape], data: Float64Array.from(data), dtype } satisfies Nd;
}

/** A number becomes an array of rank 0. */
export const lift = (x: NdArg): Nd => (typeof x === 'number' ? nd([], [x]) : x);

/** An array whose element at each index is `f(index)`. The index is reused between calls. */
export function build(
  shape: readonly number[],
  f: (index: number[]) => number,
  dtype: Nd['dtype'] = 'f32',
): Nd {
  const data = new Float64Array(count(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = f(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return { shape: [...shape], data, dtype };
}

/** Position of an index in row-major order. */
export function flat(shape: readonly number[], index: readonly number[]): number {
  let i = 0;
  for (let axis = 0; axis < shape.length; axis++) i = i * shape[axis] + index[axis];
  return i;
}

/** The element at an index. */
export const at = (x: Nd, index: readonly number[]): number => x.data[flat(x.shape, index)];

/** The element that broadcasting puts at an index of a larger shape (NumPy's rule). */
export function spread(x: Nd, index: readonly number[]): number {
  const skip = index.length - x.shape.length;
  let i = 0;
  for (let axis = 0; axis < x.shape.length; axis++) {
    const size = x.shape[axis];
    i = i * size + (size === 1 ? 0 : index[skip + axis]);
  }
  return x.data[i];
}

/** The shape to which all the shapes broadcast. */
export function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((s) => s[s.length - rank + axis] ?? 1).filter((n) => n !== 1);
    if (new Set(sizes).size > 1) throw new Error(`reference: cannot broadcast ${sizes}`);
    return sizes[0] ?? 1;
  });
}

/** Axis counted from the front. */
export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** A copy of a list with one entry replaced. */
export const replaced = <T>(list: readonly T[], i: number, value: T): T[] =>
  list.map((v, j) => (j === i ? value : v));
