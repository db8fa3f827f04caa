import bilinear from '../../shaders/resize_bilinear/1_plain.wgsl';
import bilinearFour from '../../shaders/resize_bilinear/2_four.wgsl';
import bilinearInput from '../../shaders/resize_bilinear_input/1_plain.wgsl';
import bilinearInputFour from '../../shaders/resize_bilinear_input/2_four.wgsl';
import nearest from '../../shaders/resize_nearest/1_plain.wgsl';
import nearestFour from '../../shaders/resize_nearest/2_four.wgsl';
import nearestInput from '../../shaders/resize_nearest_input/1_plain.wgsl';
import nearestInputFour from '../../shaders/resize_nearest_input/2_four.wgsl';
import { about, demand } from '../errors.ts';
import { type Kernel, lines } from '../kernel.ts';
import { op, type OpFunction, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, type Tensor } from '../tensor.ts';
import { demandImages, type Pair } from './window.ts';

interface Attrs {
  readonly size: Pair;
}

/** Dispatches one thread for each element of an output, or for each four neighbouring channels. */
function each(
  k: Run,
  kernels: readonly [Kernel, Kernel],
  slots: Record<string, Slot>,
  [batch, ih, iw, ch]: Shape,
  [, oh, ow]: Shape,
): void {
  const four = ch % 4 === 0;
  const { size } = slots.dx ?? slots.y;
  const groups = lines(Math.ceil(size / (four ? 256 : 64)));
  k.dispatch(kernels[+four], slots, { batch, ih, iw, ch, oh, ow }, groups);
}

type Kernels = readonly [Kernel, Kernel];

/** A resize and its transpose. Both are linear, so each is the other's gradient. */
function resizing(name: string, forward: Kernels, transposed: Kernels): OpFunction<Attrs> {
  const resize: OpFunction<Attrs> = op<Attrs>(name, {
    shape: ([{ shape }], { size }) => [shape[0], ...size, shape[3]],
    run: (k, [y], [x]) => each(k, forward, { x, y }, x.shape, y.shape),
    vjp: ([g], [x]) => [gather([g], { size: [x.shape[1], x.shape[2]] })],
  });
  const gather: OpFunction<Attrs> = op<Attrs>(`${name}Input`, {
    shape: ([{ shape }], { size }) => [shape[0], ...size, shape[3]],
    run: (k, [dx], [g]) => each(k, transposed, { g, dx }, dx.shape, g.shape),
    vjp: ([h], [g]) => [resize([h], { size: [g.shape[1], g.shape[2]] })],
  });
  return resize;
}

const nearestOp = resizing(
  'resizeNearest',
  [nearest, nearestFour],
  [nearestInput, nearestInputFour],
);
const bilinearOp = resizing(
  'resizeBilinear',
  [bilinear, bilinearFour],
  [bilinearInput, bilinearInputFour],
);

function resized(name: string, resize: OpFunction<Attrs>, x: Arg, size: Pair): Tensor {
  return about(name, () => {
    const t = toTensor(x);
    demandImages('x', t);
    demand(
      size.length === 2 && size.every((n) => Number.isInteger(n) && n >= 1),
      () => `size is [${size}], expected the new [H, W], whole numbers of at least 1.`,
    );
    const smallest = Math.min(t.shape[1], t.shape[2]);
    demand(smallest >= 1, () => `x is ${dims(t)}, expected at least one pixel. Check its shape.`);
    return resize([t], { size });
  });
}

/** Images x [B, H, W, C] at another size: [B, ...size, C]. Pixel i takes pixel ⌊i · H / H'⌋. */
export const resizeNearest = (x: Arg, size: Pair): Tensor =>
  resized('resizeNearest', nearestOp, x, size);

/**
 * Images x [B, H, W, C] at another size: [B, ...size, C], linear between the centres of pixels, which
 * lie half a pixel from their corners; beyond the outermost centres the edge repeats. No smoothing
 * when it shrinks.
 */
export const resizeBilinear = (x: Arg, size: Pair): Tensor =>
  resized('resizeBilinear', bilinearOp, x, size);
