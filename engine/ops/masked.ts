import { about, demand } from '../errors.ts';
import { op, type OpFunction, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, type Tensor } from '../tensor.ts';
import { choose, dispatch } from '../choose.ts';
import { lines } from '../kernel.ts';
import { reduce } from './fold.ts';
import { inputContract, maskedContract, type Seen, weightContract } from './raster.ts';
import { demandFloat, demandImages, type Pair, pair } from './window.ts';

/**
 * Which pixels an output may see. Type A leaves out the output's own place, B does not.
 * 'raster': the rows above, and in its own row what is to the left (PixelCNN, van den Oord et al.
 * 2016, arXiv 1601.06759, section 3.4). 'horizontal': the same of a filter of one row. 'vertical':
 * whole rows, those above and for B its own too (Gated PixelCNN, arXiv 1606.05328, section 2).
 */
export interface Mask {
  readonly type: 'A' | 'B';
  /** 'raster' unless given. */
  readonly mask?: 'raster' | 'vertical' | 'horizontal';
  /**
   * Colours of a pixel, in the order they are generated; 1 unless given. Channels are cut into that
   * many equal runs, one per colour: the first third of the channels is red. At its own pixel an
   * output sees the colours before its own, and for B its own too. A vertical mask sees whole rows
   * in any case.
   */
  readonly colours?: number;
}

/** A mask, and how far apart taps are: dilation 1 unless given. */
export interface MaskedOptions extends Mask {
  readonly dilation?: number | Pair;
}

/** What a masked convolution and its gradients share. */
interface MaskedAttrs {
  readonly dilation: Pair;
  /** How many taps of the filter, in reading order, are seen whole. */
  readonly taps: number;
  /** Colours that the channels of the next tap are ordered by; 1: it is not seen. */
  readonly colours: number;
  /** 1: outputs see the channels of their own colour at that tap. */
  readonly own: 0 | 1;
  /** Shape of the filter. */
  readonly filter: Shape;
}

/** The kernels' view of a masked convolution of images [B, H, W, ic]. */
function paramsOf([batch, height, width, ic]: Shape, a: MaskedAttrs) {
  const { filter, taps, colours, own } = a;
  const [kh, kw, , oc] = filter;
  const [dy, dx] = a.dilation;
  const [py, px] = [((kh - 1) / 2) * dy, ((kw - 1) / 2) * dx];
  return { batch, height, width, ic, oc, kw, taps, dy, dx, py, px, colours, own };
}

const seenOf = ([B, H, W, ic]: Shape, { filter, taps, colours }: MaskedAttrs): Seen => {
  return { pixels: B * H * W, ic, oc: filter[3], taps, ordered: colours > 1 };
};

/** Products: those of the whole taps, and at the centre of each pair of colours that is seen. */
function flopsOf([B, H, W]: Shape, { filter, taps, colours, own }: MaskedAttrs): number {
  const centre = (colours - 1 + 2 * own) / (2 * colours);
  return 2 * B * H * W * filter[2] * filter[3] * (taps + centre);
}

const maskedConv2dOp: OpFunction<MaskedAttrs> = op<MaskedAttrs>('maskedConv2d', {
  epilogue: true,
  shape: ([x], { filter }) => [...x.shape.slice(0, 3), filter[3]],
  flops: (_, [x], a) => flopsOf(x.shape, a),
  run(k, [y], [x, w], a) {
    dispatch(k, maskedContract, seenOf(x.shape, a), { x, w, y }, paramsOf(x.shape, a));
  },
  vjp: ([g], [x, w], a) => [maskedConv2dInputOp([g, w], a), maskedConv2dWeightOp([x, g], a)],
});

const imagesOf = (g: Shape, { filter }: MaskedAttrs): Shape => [...g.slice(0, 3), filter[2]];

const maskedConv2dInputOp: OpFunction<MaskedAttrs> = op<MaskedAttrs>('maskedConv2dInput', {
  epilogue: true,
  shape: ([g], a) => imagesOf(g.shape, a),
  flops: ([dx], _, a) => flopsOf(dx.shape, a),
  run(k, [dx], [g, w], a) {
    dispatch(k, inputContract, seenOf(dx.shape, a), { g, w, dx }, paramsOf(dx.shape, a));
  },
  vjp: ([h], [g, w], a) => [maskedConv2dOp([h, w], a), maskedConv2dWeightOp([h, g], a)],
});

const maskedConv2dWeightOp: OpFunction<MaskedAttrs> = op<MaskedAttrs>('maskedConv2dWeight', {
  shape: (_, { filter }) => filter,
  flops: (_, [x], a) => flopsOf(x.shape, a),
  run: weightGradient,
  vjp: ([h], [x, g], a) => [maskedConv2dInputOp([g, h], a), maskedConv2dOp([x, h], a)],
});

/**
 * The kernels sum over what is seen of the filter, a run at its start; the rest is set to zero. Few
 * sums over very many pixels: the rows of g are cut into chunks, whose sums are added after.
 */
function weightGradient(k: Run, [dw]: Slot[], [x, g]: Slot[], a: MaskedAttrs): void {
  const seen = seenOf(x.shape, a);
  const inner = (seen.taps + +seen.ordered) * seen.ic * seen.oc;
  if (inner < dw.size) k.fill(dw, 0);
  if (inner === 0) return;
  const rows = x.shape[0] * x.shape[1];
  const variant = choose(k.gpu, weightContract, { ...seen, chunks: 1 });
  const wanted = k.gpu.software ? 16 : 256; // workgroups
  const alone = variant.launch({ ...seen, chunks: 1 }, k.gpu).groups;
  const chunk = Math.max(1, Math.ceil(rows / Math.min(64, Math.ceil(wanted / alone))));
  const chunks = Math.max(1, Math.ceil(rows / chunk));
  const { groups, overrides } = variant.launch({ ...seen, chunks }, k.gpu);
  const sums = chunks > 1 ? k.scratch(chunks * inner) : dw;
  const params = { ...paramsOf(x.shape, a), chunk, chunks };
  k.dispatch(variant.kernel, { x, g, dw: sums }, params, lines(groups), overrides);
  if (chunks > 1) reduce(k, 'sum', sums, dw, { outer: 1, n: chunks, inner });
}

/**
 * Images x [B, H, W, C] correlated with what a mask leaves of filters w [kh, kw, C, O], of odd sides
 * and centred on each pixel: [B, H, W, O]. Masked taps are not visited, and their gradient is zero.
 * Throws for shapes or options that don't go together.
 */
export const maskedConv2d = (x: Arg, w: Arg, options: MaskedOptions): Tensor =>
  about('maskedConv2d', () => {
    const [image, filter] = [toTensor(x), toTensor(w)];
    demandImages('x', image);
    check(image, filter);
    return maskedConv2dOp([image, filter], attrsOf(filter.shape, options));
  });

function check(x: Tensor, w: Tensor): void {
  demand(
    w.shape.length === 4 && w.shape[2] === x.shape[3],
    () => `w is ${dims(w)}, expected [kh, kw, ${x.shape[3]}, out] for images ${dims(x)}.`,
  );
  demandFloat('w', w);
  demand(
    w.shape[0] % 2 === 1 && w.shape[1] % 2 === 1,
    () => `w is ${dims(w)}, expected odd sides: a mask needs a centre.`,
  );
}

function attrsOf(w: Shape, o: MaskedOptions): MaskedAttrs {
  const { type, mask = 'raster', colours = 1 } = o;
  const [kh, kw, ic, oc] = w;
  const dilation = pair(o.dilation ?? 1);
  demand(
    (type === 'A' || type === 'B') && ['raster', 'vertical', 'horizontal'].includes(mask),
    () =>
      `type ${type}, mask ${mask}: expected 'A' or 'B', and 'raster', 'vertical' or 'horizontal'.`,
  );
  demand(
    mask !== 'horizontal' || kh === 1,
    () => `w is ${dims(w)}, expected a filter [1, kw, in, out]: a horizontal mask sees one row.`,
  );
  demand(
    dilation.every((n) => Number.isInteger(n) && n >= 1),
    () => `dilation is ${JSON.stringify(o.dilation)}, expected whole numbers of at least 1.`,
  );
  demand(
    Number.isInteger(colours) && colours >= 1 && ic % colours === 0 && oc % colours === 0,
    () =>
      `colours is ${colours}, expected a number that divides the channels of w, ${ic} and ${oc}.`,
  );
  const own = type === 'B' ? 1 : 0;
  if (mask === 'vertical') {
    const rows = (kh - 1) / 2 + own;
    return { dilation, taps: rows * kw, colours: 1, own: 0, filter: w };
  }
  const centre = (kh * kw - 1) / 2;
  if (colours > 1) return { dilation, taps: centre, colours, own, filter: w };
  return { dilation, taps: centre + own, colours, own: 0, filter: w };
}
