import { demand } from './errors.ts';
import { currentGpu } from './gpu.ts';
import { hostLeaf, makeNode } from './op.ts';
import {
  type DType,
  dims,
  dtypeOf,
  type Shape,
  sizeOf,
  Tensor,
  type TypedArray,
  typed,
  type Variable,
} from './tensor.ts';

type Nested = readonly number[] | readonly Nested[];

/**
 * Numbers of the host as a tensor, uploaded when its step runs. The shape is that of nested arrays,
 * or [length], unless given. Throws when sizes disagree.
 */
export function tensor(data: TypedArray | Nested, shape?: Shape, dtype?: DType): Tensor {
  const flat = (Array.isArray(data) ? data.flat(Infinity) : data) as TypedArray | number[];
  const inferred = shape ?? (Array.isArray(data) ? shapeOf(data) : [flat.length]);
  demand(
    sizeOf(inferred) === flat.length,
    () =>
      `tensor: ${dims(inferred)} needs ${sizeOf(inferred)} numbers, got ${flat.length}. ` +
      'Give as many numbers as the shape holds; nested arrays must be rectangular.',
  );
  const kind = dtype ?? dtypeOf(flat);
  const attrs = { data: typed(flat, kind) };
  return makeNode(hostLeaf, [], attrs, [{ shape: inferred, dtype: kind }]).outputs[0];
}

const shapeOf = (data: unknown): number[] =>
  Array.isArray(data) ? [data.length, ...(data.length ? shapeOf(data[0]) : [])] : [];

/**
 * State on the GPU that crosses steps, started from a tensor, from host numbers, or at zero from a
 * shape alone (`variable(null, shape)`). Throws when sizes disagree.
 */
export function variable(
  init: Tensor | TypedArray | Nested | null,
  shape?: Shape,
  options: { dtype?: DType; name?: string } = {},
): Variable {
  const gpu = currentGpu();
  if (init === null) {
    demand(shape !== undefined, () => 'variable: without values it needs a shape. Give one.');
    return gpu.createVariable(shape, options.dtype ?? 'f32', options.name);
  }
  const value = init instanceof Tensor ? init : tensor(init, shape, options.dtype);
  const v = gpu.createVariable(value.shape, value.dtype, options.name);
  if (value.node.op === hostLeaf) v.write(value.node.attrs.data);
  else v.assign(value);
  return v;
}
