import { broadcast, build, count, flat, type Nd, spread } from './array.ts';

/** C = A · B over the last two axes, either side transposed, batches broadcast. */
export function matmul(a: Nd, b: Nd, { ta = false, tb = false } = {}): Nd {
  const [am, ak] = ta ? [-1, -2] : [-2, -1];
  const [bk, bn] = tb ? [-1, -2] : [-2, -1];
  const k = a.shape.at(ak)!;
  const flat = Math.min(a.shape.length, b.shape.length) < 2;
  if (flat || k !== b.shape.at(bk)) throw new Error('reference: matmul inner sizes');
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return build([...batch, a.shape.at(am)!, b.shape.at(bn)!], (index) => {
    const head = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    let acc = 0;
    for (let p = 0; p < k; p++) {
      acc +=
        spread(a, [...head, ...(ta ? [p, i] : [i, p])]) *
        spread(b, [...head, ...(tb ? [j, p] : [p, j])]);
    }
    return acc;
  });
}

/** x · (w ∘ M), where weight (l, j) counts iff to[j] >= from[l] + gap. */
export function maskedMatmul(
  x: Nd,
  w: Nd,
  { from, to, gap = 0 }: { from: Nd; to: Nd; gap?: number },
): Nd {
  const [, n] = w.shape;
  const mask = (_: number, i: number) => to.data[i % n] >= from.data[Math.floor(i / n)] + gap;
  return matmul(x, { ...w, data: w.data.map((v, i) => (mask(v, i) ? v : 0)) });
}

type Pair = readonly [number, number];
export interface Window {
  stride?: number | Pair;
  padding?: number | Pair | readonly [Pair, Pair] | 'same' | 'valid';
  dilation?: number | Pair;
  groups?: number;
}

const pair = (v: number | Pair | undefined, other: number): Pair =>
  v === undefined ? [other, other] : typeof v === 'number' ? [v, v] : v;

/** Stride, dilation, the padding before, and the output size of a window, per spatial axis. */
function geometry(size: Pair, kernel: Pair, o: Window) {
  const stride = pair(o.stride, 1);
  const dilation = pair(o.dilation, 1);
  const axis = (i: 0 | 1) => {
    const span = (kernel[i] - 1) * dilation[i] + 1;
    const p = o.padding ?? 0;
    let [before, after] = [0, 0];
    if (p === 'same') {
      const out = Math.ceil(size[i] / stride[i]);
      const total = Math.max(0, (out - 1) * stride[i] + span - size[i]);
      [before, after] = [Math.floor(total / 2), total - Math.floor(total / 2)];
    } else if (typeof p === 'number') [before, after] = [p, p];
    else if (p !== 'valid') [before, after] = typeof p[i] === 'number' ? [p[i], p[i]] : p[i];
    const out = Math.floor((size[i] + before + after - span) / stride[i]) + 1;
    return { stride: stride[i], dilation: dilation[i], before, out };
  };
  return [axis(0), axis(1)] as const;
}

/** Calls `visit(output, input, weight)` with flat positions for every product of a convolution. */
function products(x: readonly number[], w: readonly number[], o: Window, visit: Visit): number[] {
  const [B, H, W, Cin] = x as [number, number, number, number];
  const [kh, kw, per, Cout] = w as [number, number, number, number];
  const [v, h] = geometry([H, W], [kh, kw], o);
  const y = [B, v.out, h.out, Cout];
  const outPer = Cout / (Cin / per);
  build([...y, kh, kw, per], ([b, i, j, co, p, q, c]) => {
    const row = i! * v.stride - v.before + p! * v.dilation;
    const column = j! * h.stride - h.before + q! * h.dilation;
    if (row < 0 || row >= H || column < 0 || column >= W) return 0;
    const ci = Math.floor(co! / outPer) * per + c!;
    visit(flat(y, [b!, i!, j!, co!]), flat(x, [b!, row, column, ci]), flat(w, [p!, q!, c!, co!]));
    return 0;
  });
  return y;
}
type Visit = (output: number, input: number, weight: number) => void;

const zeros = (shape: readonly number[]): Nd => build(shape, () => 0);

/** x [B, H, W, Cin] with w [kh, kw, Cin/groups, Cout] gives [B, H', W', Cout]. */
export function conv2d(x: Nd, w: Nd, o: Window = {}): Nd {
  const y = zeros(products(x.shape, w.shape, o, () => {}));
  products(x.shape, w.shape, o, (i, j, k) => {
    y.data[i] += x.data[j] * w.data[k];
  });
  return y;
}

/** What conv2d's output gradient g gives to its input. */
export function conv2dInput(g: Nd, w: Nd, o: Window & { inputShape: readonly number[] }): Nd {
  const dx = zeros(o.inputShape);
  products(o.inputShape, w.shape, o, (i, j, k) => {
    dx.data[j] += g.data[i] * w.data[k];
  });
  return dx;
}

/** What conv2d's output gradient g gives to its weight. */
export function conv2dWeight(x: Nd, g: Nd, o: Window & { weightShape: readonly number[] }): Nd {
  const dw = zeros(o.weightShape);
  products(x.shape, o.weightShape, o, (i, j, k) => {
    dw.data[k] += x.data[j] * g.data[i];
  });
  return dw;
}

/** Each pixel of x spreads over its window: the transpose of conv2d with the same options. */
export function convTranspose2d(x: Nd, w: Nd, o: Window & { outputPadding?: number } = {}): Nd {
  const [stride, dilation] = [pair(o.stride, 1), pair(o.dilation, 1)];
  const side = (i: 0 | 1): number => {
    if (o.padding === 'same') return x.shape[i + 1] * stride[i];
    const p = o.padding === 'valid' ? 0 : (o.padding ?? 0);
    const around = typeof p === 'number' ? 2 * p : [p[i]].flat().reduce((a, b) => a + b);
    const both = typeof p !== 'number' && typeof p[i] === 'number' ? 2 * around : around;
    const span = (w.shape[i] - 1) * dilation[i] + 1;
    return (x.shape[i + 1] - 1) * stride[i] + span - both + (o.outputPadding ?? 0);
  };
  const inputShape = [x.shape[0], side(0), side(1), w.shape[2] * (o.groups ?? 1)];
  return conv2dInput(x, w, { ...o, inputShape });
}

export interface Window1 {
  stride?: number;
  padding?: number | Pair | 'same' | 'valid' | 'causal';
  dilation?: number;
  groups?: number;
}

/** x [B, T, Cin] with w [k, Cin/groups, Cout]; 'causal' pads the past only. */
export function conv1d(x: Nd, w: Nd, o: Window1 = {}): Nd {
  const [B, T, C] = x.shape as [number, number, number];
  const [k, per, Cout] = w.shape as [number, number, number];
  const { stride = 1, dilation = 1, padding = 0 } = o;
  const past: Pair = [(k - 1) * dilation, 0];
  const time = padding === 'causal' ? past : padding;
  const wide = typeof time === 'string' ? time : ([[0, 0], pair(time, 0)] as const);
  const image = { ...x, shape: [B, 1, T, C] };
  const y = conv2d(
    image,
    { ...w, shape: [1, k, per, Cout] },
    {
      stride: [1, stride],
      dilation: [1, dilation],
      padding: wide,
    },
  );
  return { ...y, shape: [B, y.shape[2], Cout] };
}

interface Pool {
  size: number | Pair;
  stride?: number | Pair;
  padding?: Window['padding'];
}

/** Gathers what each pooling window sees, padding left out, and folds it with the window's area. */
function pool(x: Nd, o: Pool, fold: (values: number[], area: number) => number): Nd {
  const [B, H, W, C] = x.shape as [number, number, number, number];
  const size = pair(o.size, 1);
  const [v, h] = geometry([H, W], size, { ...o, stride: o.stride ?? size });
  return build([B, v.out, h.out, C], ([b, i, j, c]) => {
    const seen: number[] = [];
    for (let p = 0; p < size[0]; p++) {
      for (let q = 0; q < size[1]; q++) {
        const [row, column] = [i! * v.stride - v.before + p, j! * h.stride - h.before + q];
        const inside = row >= 0 && row < H && column >= 0 && column < W;
        if (inside) seen.push(x.data[flat(x.shape, [b!, row, column, c!])]);
      }
    }
    return fold(seen, count(size));
  });
}

export const maxPool2d = (x: Nd, o: Pool): Nd => pool(x, o, (v) => Math.max(...v));
export const avgPool2d = (x: Nd, o: Pool): Nd =>
  pool(x, o, (v, area) => v.reduce((a, b) => a + b, 0) / area);

/** [B, H, W, C] to [B, h, w, C]: the pixel under the floor of the scaled position. */
export function resizeNearest(x: Nd, [h, w]: Pair): Nd {
  const [B, H, W, C] = x.shape as [number, number, number, number];
  return build([B, h, w, C], ([b, i, j, c]) => {
    const place = [b!, Math.floor((i! * H) / h), Math.floor((j! * W) / w), c!];
    return x.data[flat(x.shape, place)];
  });
}

/** [B, H, W, C] to [B, h, w, C]: linear between pixel centres, edges repeated (half-pixel rule). */
export function resizeBilinear(x: Nd, [h, w]: Pair): Nd {
  const [B, H, W, C] = x.shape as [number, number, number, number];
  const source = (i: number, n: number, size: number) => {
    const s = Math.min(Math.max(((i + 0.5) * size) / n - 0.5, 0), size - 1);
    const low = Math.floor(s);
    return [
      [low, 1 - (s - low)],
      [Math.min(low + 1, size - 1), s - low],
    ] as const;
  };
  return build([B, h, w, C], ([b, i, j, c]) => {
    let acc = 0;
    for (const [row, wr] of source(i!, h, H)) {
      for (const [column, wc] of source(j!, w, W)) {
        acc += wr * wc * x.data[flat(x.shape, [b!, row, column, c!])];
      }
    }
    return acc;
  });
}
