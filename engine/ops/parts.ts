import { op, type OpFunction } from '../op.ts';
import { type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { broadcastTo, reshape } from './view.ts';

interface Layout {
  /** Where each part starts, in elements. */
  readonly offsets: readonly number[];
}

/** Tensors side by side in one flat one of `total` elements; their producers write there directly. */
export const pack: OpFunction<Layout & { total: number }> = op('pack', {
  kind: 'pack',
  shape: (_, { total }) => [total],
  vjp: ([g], xs, { offsets }) => unpack.all([g], { offsets, shapes: xs.map((x) => x.shape) }),
});

/** Parts of a tensor read where they lie. Its gradient is one tensor, of the gradients packed. */
const unpack: OpFunction<Layout & { shapes: readonly Shape[] }> = op('unpack', {
  kind: 'alias',
  offset: ({ offsets }, index) => offsets[index],
  shape: ([x], { shapes }) => shapes.map((shape) => ({ shape, dtype: x.dtype })),
  vjp(gs: (Tensor | null)[], [x], { offsets, shapes }) {
    const all = gs.map((g, i) => g ?? broadcastTo(0, shapes[i]));
    return [reshape(pack(all, { offsets, total: x.size }), x.shape)];
  },
});

/** Elements between the starts that a binding of part of a buffer may have. */
const ALIGN = 64;

/**
 * x cut along an axis without a copy, or null where the parts don't lie end to end or start where
 * no binding may.
 */
export function partsOf(x: Tensor, sizes: readonly number[], axis: number): Tensor[] | null {
  const inner = sizeOf(x.shape.slice(axis + 1));
  const together = sizeOf(x.shape.slice(0, axis)) === 1 && x.dtype === 'f32' && sizes.length > 1;
  if (!together || !sizes.every((n) => n > 0 && (n * inner) % ALIGN === 0)) return null;
  const shapes = sizes.map((n) => x.shape.map((d, i) => (i === axis ? n : d)));
  const offsets = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0) * inner);
  return unpack.all([x], { offsets, shapes });
}
