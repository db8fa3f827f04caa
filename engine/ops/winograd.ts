import filterKernel from '../../shaders/winograd_filter/1_quads.wgsl';
import gradientKernel from '../../shaders/winograd_gradient/1_quads.wgsl';
import imageKernel from '../../shaders/winograd_image/1_quads.wgsl';
import outputKernel from '../../shaders/winograd_output/1_winograd.wgsl';
import weightKernel from '../../shaders/winograd_weight/1_winograd.wgsl';
import { type Kernel, lines } from '../kernel.ts';
import type { Adapter, Run, Slot } from '../op.ts';
import { type ConvSizes, inQuads, productsOf } from './convsizes.ts';
import { multiply } from './product.ts';

/**
 * Filters of 3 × 3 by F(2 × 2, 3 × 3) of Lavin and Gray, arXiv:1509.09308: an image is cut into
 * tiles of 2 × 2 pixels, each patch of 4 × 4 around one and each filter become 16 numbers, and these
 * are multiplied number by number: 16 matrix products in place of 9 for each of 4 pixels, 2.25 times
 * fewer multiplications. The price is memory for what lies between, 4 times both images, and up to a
 * digit: the terms summed grow from |w| |x| to at most |Aᵀ| (|G w Gᵀ| |Bᵀ x B|) |A|, 9 times as much
 * where all are alike, and with them the error (`test/winograd.test.ts` holds it to that).
 */
export const isWinograd = (s: ConvSizes): boolean =>
  !s.half &&
  s.kh === 3 &&
  s.kw === 3 &&
  Math.max(s.sy, s.sx, s.dy, s.dx) === 1 &&
  Math.max(s.py, s.px) <= 2 &&
  inQuads(s);

/** Half the harmonic mean of the channels: what is saved over what is moved. */
const depth = ({ ic, oc }: ConvSizes): number => (ic * oc) / (ic + oc);

/**
 * Whether y or dx is computed this way. For each tile it saves 40 · ic · oc operations and moves
 * 128 · (ic + oc) bytes more than a product of all taps. A GPU that does 20 operations in the time
 * of a byte breaks even at a depth of 64, 128 channels; it is taken at twice that. SwiftShader was
 * measured: 1.3 times faster with 64 channels and 1.5 with 128, where it is taken, since it costs
 * four dispatches and the memory.
 */
export const winogradPays = (gpu: Adapter, s: ConvSizes): boolean =>
  isWinograd(s) && depth(s) >= (gpu.software ? 64 : 128) && isLarge(gpu, s);

/**
 * Whether dw is, on a GPU as above. On SwiftShader it was 1.5 times faster with 32 channels and 2.5
 * times with 64.
 */
export const winogradWeightPays = (gpu: Adapter, s: ConvSizes): boolean =>
  isWinograd(s) && depth(s) >= (gpu.software ? 16 : 128) && isLarge(gpu, s);

/**
 * Enough work for the dispatches, and no more between them than a step can spare: 16 numbers of each
 * tile and channel, in 8 MiB on a CPU driver, where a step has little else, and 64 on a GPU.
 */
function isLarge({ software, limits }: Adapter, s: ConvSizes): boolean {
  const { count } = tilesOf(s.batch, Math.max(s.oh, s.ih), Math.max(s.ow, s.iw));
  const spare = Math.min(limits.maxStorageBufferBindingSize, software ? 1 << 23 : 1 << 26);
  const enough = software ? 1 << 23 : 1 << 28;
  return productsOf(s) >= enough && 64 * count * Math.max(s.ic, s.oc) <= spare;
}

/** Tiles of 2 × 2 pixels that cover images of `height` × `width`. */
function tilesOf(batch: number, height: number, width: number) {
  const [down, across] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  return { batch, down, across, count: batch * down * across };
}
type Tiles = ReturnType<typeof tilesOf>;

/** Threads of four channels, 64 to a workgroup. */
const quads = (channels: number) => lines(Math.ceil(channels / 256));

/** The 16 numbers of every patch of x whose window begins at 2 · tile - padding. */
function patches(k: Run, x: Slot, { count, ...grid }: Tiles, py: number, px: number): Slot {
  const [, ih, iw, ch] = x.shape;
  const v = k.scratch(16 * count * ch);
  k.dispatch(imageKernel, { x, v }, { ...grid, ih, iw, ch, py, px }, quads(count * ch));
  return v;
}

/** The 16 numbers of every filter, turned by half a circle for `flip`. */
function filters(k: Run, w: Slot, flip: boolean): Slot {
  const [, , ic, oc] = w.shape;
  const u = k.scratch(16 * ic * oc);
  k.dispatch(filterKernel, { w, u }, { ic, oc, flip: +flip }, quads(ic * oc));
  return u;
}

/** 16 products of matrices [m, k] · [k, n]. */
function products(
  run: Run,
  sizes: { m: number; n: number; k: number },
  { ta = false, tb = false },
  a: Slot,
  b: Slot,
): Slot {
  const { m, n, k } = sizes;
  const c = run.scratch(16 * m * n);
  const steps = { astep: m * k, bstep: k * n };
  multiply(run, { ...sizes, batch: 16, ta, tb, half: false }, { a, b, c }, steps);
  return c;
}

/** Tiles of images from the 16 numbers of each. */
function images(k: Run, m: Slot, y: Slot, { count, ...grid }: Tiles): void {
  const [, oh, ow, ch] = y.shape;
  k.dispatch(outputKernel, { m, y }, { ...grid, oh, ow, ch }, quads(count * ch));
}

/** Whether a variant stands for the dispatches of this file. */
export const goesWinograd = (kernel: Kernel): boolean =>
  kernel === outputKernel || kernel === weightKernel;

/** y = x correlated with w. */
export function winograd(k: Run, s: ConvSizes, { x, w, y }: Record<'x' | 'w' | 'y', Slot>): void {
  const tiles = tilesOf(s.batch, s.oh, s.ow);
  const v = patches(k, x, tiles, s.py, s.px);
  const u = filters(k, w, false);
  const m = products(k, { m: tiles.count, n: s.oc, k: s.ic }, {}, v, u);
  images(k, m, y, tiles);
}

/** dx, which is g correlated with the turned filters over the padding that is left of them. */
export function winogradInput(
  k: Run,
  s: ConvSizes,
  { g, w, dx }: Record<'g' | 'w' | 'dx', Slot>,
): void {
  const tiles = tilesOf(s.batch, s.ih, s.iw);
  const v = patches(k, g, tiles, 2 - s.py, 2 - s.px);
  const u = filters(k, w, true);
  const m = products(k, { m: tiles.count, n: s.ic, k: s.oc }, { tb: true }, v, u);
  images(k, m, dx, tiles);
}

/** dw: every step of `winograd` transposed. */
export function winogradWeight(
  k: Run,
  s: ConvSizes,
  { x, g, dw }: Record<'x' | 'g' | 'dw', Slot>,
): void {
  const { count, ...grid } = tilesOf(s.batch, s.oh, s.ow);
  const v = patches(k, x, { count, ...grid }, s.py, s.px);
  const n = k.scratch(16 * count * s.oc);
  const params = { ...grid, oh: s.oh, ow: s.ow, ch: s.oc };
  k.dispatch(gradientKernel, { g, n }, params, quads(count * s.oc));
  const du = products(k, { m: s.ic, n: s.oc, k: count }, { ta: true }, v, n);
  k.dispatch(weightKernel, { du, dw }, { ic: s.ic, oc: s.oc }, quads(s.ic * s.oc));
}
