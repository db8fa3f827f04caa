import { about, demand } from '../errors.ts';
import { toTensor } from '../op.ts';
import { type DType, type Arg, dims, type Shape, type Tensor } from '../tensor.ts';
import {
  type ConvAttrs,
  conv2dInputOp,
  conv2dOp,
  conv2dWeightOp,
  outputShape,
  sidesOf,
  tapsOf,
} from './convolve.ts';
import { matmul } from './matmul.ts';
import { reshape } from './view.ts';
import {
  demandFloat,
  demandImages,
  type MoveOptions,
  movesOf,
  type Padding,
  type Pair,
  pair,
  spanOf,
} from './window.ts';

/** How a filter moves: stride and dilation 1, padding 0 and one group unless given. */
export interface ConvOptions extends MoveOptions {
  /** Input channels see only the filters of their group. */
  readonly groups?: number;
}

function demandFilter(w: { shape: Shape; dtype: DType }, dtype: DType = 'f32'): void {
  const expected = 'expected a filter [kh, kw, in / groups, out]';
  demand(w.shape.length === 4, () => `w is ${dims(w)}, ${expected}. Use reshape() or permute().`);
  demandFloat('w', w, dtype);
}

function attrsOf(x: Shape, w: Shape, o: ConvOptions): ConvAttrs {
  const { groups = 1 } = o;
  demand(
    Number.isInteger(groups) && groups >= 1,
    () => `groups is ${groups}, expected a whole number of at least 1.`,
  );
  return { ...movesOf(sidesOf(x), tapsOf(w), o), groups };
}

/**
 * Images x [B, H, W, Cin] correlated with filters w [kh, kw, Cin / groups, Cout]: [B, H', W', Cout].
 * Both may be f16, then y is, and what is summed is f32. Throws for shapes or options that don't go
 * together.
 */
export const conv2d = (x: Arg, w: Arg, o: ConvOptions = {}): Tensor =>
  about('conv2d', () => {
    const [image, filter] = [toTensor(x), toTensor(w)];
    const dtype = image.dtype === 'f16' ? 'f16' : 'f32';
    demandImages('x', image, dtype);
    demandFilter(filter, dtype);
    return correlate(image, filter, o);
  });

/** A convolution of checked ranks. Filters of one pixel are a plain product. */
function correlate(image: Tensor, filter: Tensor, o: ConvOptions): Tensor {
  const a = attrsOf(image.shape, filter.shape, o);
  const y = outputShape(image.shape, filter.shape, a);
  const [kh, kw, ...channels] = filter.shape;
  const pointwise = kh * kw * a.groups === 1 && y[1] === image.shape[1] && y[2] === image.shape[2];
  if (pointwise && a.padding.flat().every((n) => n === 0)) {
    return matmul(image, reshape(filter, channels));
  }
  return conv2dOp([image, filter], a);
}

/** The gradient of conv2d with respect to x, of shape `inputShape`, from that of its output. */
export function conv2dInput(
  g: Arg,
  w: Arg,
  { inputShape, ...o }: ConvOptions & { readonly inputShape: Shape },
): Tensor {
  return about('conv2dInput', () => {
    const [gradient, filter] = [toTensor(g), toTensor(w)];
    demandImages('g', gradient);
    demandFilter(filter);
    demandImages('inputShape', { shape: inputShape, dtype: 'f32' });
    const a = attrsOf(inputShape, filter.shape, o);
    return conv2dInputOp([gradient, filter], { ...a, of: inputShape });
  });
}

/** The gradient of conv2d with respect to w, of shape `weightShape`, from that of its output. */
export function conv2dWeight(
  x: Arg,
  g: Arg,
  { weightShape, ...o }: ConvOptions & { readonly weightShape: Shape },
): Tensor {
  return about('conv2dWeight', () => {
    const [image, gradient] = [toTensor(x), toTensor(g)];
    demandImages('x', image);
    demandImages('g', gradient);
    demandFilter({ shape: weightShape, dtype: 'f32' });
    const a = attrsOf(image.shape, weightShape, o);
    return conv2dWeightOp([image, gradient], { ...a, of: weightShape });
  });
}

/**
 * Images x [B, H, W, Cin] spread by filters w [kh, kw, Cout / groups, Cin]: the transpose of conv2d
 * with the same options. H' = (H - 1) · stride + (kh - 1) · dilation + 1 - padding + outputPadding,
 * or H · stride for 'same'.
 */
export function convTranspose2d(
  x: Arg,
  w: Arg,
  { outputPadding = 0, ...o }: ConvOptions & { readonly outputPadding?: number | Pair } = {},
): Tensor {
  return about('convTranspose2d', () => {
    const [image, filter] = [toTensor(x), toTensor(w)];
    demandImages('x', image);
    demandFilter(filter);
    demand(
      image.shape[3] === filter.shape[3],
      () =>
        `image ${dims(image)} and filter ${dims(filter)} do not go together. Expected a filter ` +
        '[kh, kw, out / groups, in] with as many input channels as the image.',
    );
    const { stride, padding, dilation } = movesOf(sidesOf(image.shape), tapsOf(filter.shape), o);
    const extra = pair(outputPadding);
    demand(
      extra.every((n, i) => Number.isInteger(n) && n >= 0 && n < stride[i]),
      () => `outputPadding is [${extra}], expected whole numbers below the stride [${stride}].`,
    );
    const side = (i: 0 | 1): number => {
      if (o.padding === 'same') return image.shape[i + 1] * stride[i];
      const span = spanOf(filter.shape[i], dilation[i]);
      return (image.shape[i + 1] - 1) * stride[i] + span - padding[i][0] - padding[i][1] + extra[i];
    };
    const of = [image.shape[0], side(0), side(1), filter.shape[2] * (o.groups ?? 1)];
    demand(
      of[1] >= 1 && of[2] >= 1,
      () => `the result of ${dims(image)} would be ${dims(of)}. Use less padding.`,
    );
    return conv2dInputOp([image, filter], { ...attrsOf(of, filter.shape, o), of });
  });
}

/** How a filter moves along time. 'causal' pads the past only, so no output sees its future. */
export interface Conv1dOptions {
  readonly stride?: number;
  readonly padding?: number | Pair | 'same' | 'valid' | 'causal';
  readonly dilation?: number;
  readonly groups?: number;
}

/** Sequences x [B, T, Cin] correlated with filters w [k, Cin / groups, Cout]: [B, T', Cout]. */
export const conv1d = (x: Arg, w: Arg, o: Conv1dOptions = {}): Tensor =>
  about('conv1d', () => {
    const { stride = 1, dilation = 1, padding = 0, groups = 1 } = o;
    const [line, filter] = [toTensor(x), toTensor(w)];
    const [[B, T, C], [k, per, out]] = [line.shape, filter.shape];
    demand(
      line.shape.length === 3 && filter.shape.length === 3 && C === per * groups,
      () =>
        `x and w are ${dims(line)} and ${dims(filter)} with groups ${groups}, expected [B, T, C] ` +
        'and [k, C / groups, out]. Use reshape() or permute().',
    );
    demandFloat('x', line);
    demandFloat('w', filter);
    const past: Pair = [spanOf(k, dilation) - 1, 0];
    const along = padding === 'causal' ? past : padding;
    const around: Padding = typeof along === 'string' ? along : [[0, 0], pair(along)];
    const y = correlate(reshape(line, [B, 1, T, C]), reshape(filter, [1, k, per, out]), {
      stride: [1, stride],
      dilation: [1, dilation],
      padding: around,
      groups,
    });
    return reshape(y, [B, y.shape[2], out]);
  });
