import { build, type Nd } from './array.ts';
import { conv2d } from './linear.ts';

interface Options {
  type: 'A' | 'B';
  mask?: 'raster' | 'vertical' | 'horizontal';
  colours?: number;
  dilation?: number | readonly [number, number];
}

/** 1 where an output channel sees an input channel under a tap of a filter [kh, kw, in, out], else 0. */
export function maskOf(shape: readonly number[], { type, mask, colours = 1 }: Options): Nd {
  const [kh, kw, inputs, outputs] = shape as [number, number, number, number];
  const own = type === 'B';
  return build(shape, ([ky, kx, i, o]) => {
    const [down, right] = [ky! - (kh - 1) / 2, kx! - (kw - 1) / 2];
    if (down !== 0) return +(down < 0);
    if (mask === 'vertical') return +own;
    if (right !== 0) return +(right < 0);
    const from = Math.floor((i! * colours) / inputs);
    const to = Math.floor((o! * colours) / outputs);
    return +(own ? from <= to : from < to);
  });
}

/** conv2d with the filter times its mask, as many pixels out as in. */
export function maskedConv2d(x: Nd, w: Nd, { dilation = 1, ...o }: Options): Nd {
  const mask = maskOf(w.shape, o);
  const seen = { ...w, data: w.data.map((v, i) => v * mask.data[i]) };
  return conv2d(x, seen, { padding: 'same', dilation });
}
