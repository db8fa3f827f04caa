import type { Case, Words } from './case.ts';
import { folded } from './line.ts';
import { numbers } from './numbers.ts';

/** Images seen through windows, or resized; what is left out is 1, padding 0. */
export interface Images {
  batch?: number;
  ih: number;
  iw: number;
  ch: number;
  kh?: number;
  kw?: number;
  sy?: number;
  sx?: number;
  py?: [number, number];
  px?: [number, number];
  /** Of a resize. */
  oh?: number;
  ow?: number;
}

export function paramsOf(o: Images) {
  const { batch = 1, ih, iw, ch, kh = 1, kw = 1, sy = 1, sx = 1, py = [0, 0], px = [0, 0] } = o;
  const oh = o.oh ?? Math.floor((ih + py[0] + py[1] - kh) / sy) + 1;
  const ow = o.ow ?? Math.floor((iw + px[0] + px[1] - kw) / sx) + 1;
  return { batch, ih, iw, ch, oh, ow, kh, kw, sy, sx, py: py[0], px: px[0] };
}
export type Params = ReturnType<typeof paramsOf>;

/** Calls `visit(x, y, k)` with flat positions of each pixel of each window, k counting the window. */
export function pixels(p: Params, visit: (x: number, y: number, k: number) => void): void {
  for (let y = 0; y < p.batch * p.oh * p.ow * p.ch; y++) {
    const [c, ox] = [y % p.ch, Math.floor(y / p.ch) % p.ow];
    const [oy, b] = [Math.floor(y / (p.ch * p.ow)) % p.oh, Math.floor(y / (p.ch * p.ow * p.oh))];
    for (let k = 0; k < p.kh * p.kw; k++) {
      const iy = oy * p.sy + Math.floor(k / p.kw) - p.py;
      const ix = ox * p.sx + (k % p.kw) - p.px;
      if (iy < 0 || iy >= p.ih || ix < 0 || ix >= p.iw) continue;
      visit(((b * p.ih + iy) * p.iw + ix) * p.ch + c, y, k);
    }
  }
}

/** The window of each output, and the place in it of the first largest pixel; NaN is largest. */
export function largest(p: Params, x: Float32Array) {
  const y = new Float64Array(p.batch * p.oh * p.ow * p.ch);
  const index = new Uint32Array(y.length);
  const seen = new Set<number>();
  pixels(p, (i, j, k) => {
    const better = Number.isNaN(x[i]) ? !Number.isNaN(y[j]) : x[i] > y[j];
    if (seen.has(j) && !better) return;
    seen.add(j);
    [y[j], index[j]] = [x[i], k];
  });
  return { y, index };
}

export const windows: Images[] = [
  { ih: 1, iw: 1, ch: 1 },
  { batch: 2, ih: 5, iw: 4, ch: 3, kh: 2, kw: 2, sy: 2, sx: 2 },
  { ih: 5, iw: 7, ch: 4, kh: 3, kw: 3, sy: 2, sx: 2, py: [1, 1], px: [1, 1] },
  { batch: 2, ih: 4, iw: 6, ch: 8, kh: 2, kw: 3, sy: 1, sx: 2, py: [1, 0], px: [0, 2] },
  { ih: 7, iw: 5, ch: 2, kh: 2, kw: 1, sy: 3, sx: 4 },
];

export const resizes: Images[] = [
  { ih: 1, iw: 1, ch: 1, oh: 3, ow: 2 },
  { batch: 2, ih: 3, iw: 4, ch: 4, oh: 6, ow: 8 },
  { ih: 5, iw: 7, ch: 3, oh: 3, ow: 2 },
  { ih: 4, iw: 3, ch: 8, oh: 5, ow: 3 },
  { batch: 2, ih: 2, iw: 9, ch: 2, oh: 7, ow: 4 },
  { ih: 8, iw: 6, ch: 4, oh: 1, ow: 1 },
];

/** A row of an image contract: one thread per element of the output, or per four channels. */
export function row(
  o: Images,
  p: Record<string, number>,
  inputs: Record<string, Words>,
  expect: Record<string, ArrayLike<number>>,
): Case {
  const outputs = Object.entries(expect).map(([name, v]) => [
    name,
    v instanceof Uint32Array ? new Uint32Array(v.length) : new Float32Array(v.length),
  ]);
  const size = Object.values(expect)[0].length;
  return {
    name: JSON.stringify(o),
    params: p,
    buffers: { ...inputs, ...Object.fromEntries(outputs) },
    applies: ({ file }) => !file.includes('four') || o.ch % 4 === 0,
    groups: ({ file }) => folded(Math.ceil(size / (file.includes('four') ? 256 : 64))),
    expect,
    tolerance: 2e-6,
  };
}

const resizeParams = ({ batch, ih, iw, ch, oh, ow }: Params) => ({ batch, ih, iw, ch, oh, ow });

/** Calls `visit(x, y, share)` for each pixel that has a share in each pixel of a resized image. */
type Shares = (p: Params, visit: (x: number, y: number, share: number) => void) => void;

/** The table of a resize, or of its transpose. */
export const resized = (shares: Shares, transposed: boolean): Case[] =>
  resizes.map((o) => {
    const p = paramsOf(o);
    const x = numbers(p.batch * p.ih * p.iw * p.ch, 1);
    const g = numbers(p.batch * p.oh * p.ow * p.ch, 2);
    const [y, dx] = [new Float64Array(g.length), new Float64Array(x.length)];
    shares(p, (i, j, share) => {
      y[j] += x[i] * share;
      dx[i] += g[j] * share;
    });
    return transposed
      ? row(o, resizeParams(p), { g }, { dx })
      : row(o, resizeParams(p), { x }, { y });
  });

/** Calls `visit(b, oy, ox, c, y)` for each element of the output. */
function elements(p: Params, visit: (b: number, oy: number, ox: number, c: number) => void): void {
  for (let y = 0; y < p.batch * p.oh * p.ow * p.ch; y++) {
    const pixel = Math.floor(y / p.ch);
    visit(
      Math.floor(pixel / (p.ow * p.oh)),
      Math.floor(pixel / p.ow) % p.oh,
      pixel % p.ow,
      y % p.ch,
    );
  }
}

export const nearest: Shares = (p, visit) =>
  elements(p, (b, oy, ox, c) => {
    const [iy, ix] = [Math.floor((oy * p.ih) / p.oh), Math.floor((ox * p.iw) / p.ow)];
    const y = ((b * p.oh + oy) * p.ow + ox) * p.ch + c;
    visit(((b * p.ih + iy) * p.iw + ix) * p.ch + c, y, 1);
  });

const between = (q: number, size: number, into: number) => {
  const at = Math.min(Math.max(((q + 0.5) * size) / into - 0.5, 0), size - 1);
  const low = Math.floor(at);
  const pair = [
    [low, 1 - (at - low)],
    [low + 1, at - low],
  ];
  return pair.filter(([, share]) => share > 0);
};

export const bilinear: Shares = (p, visit) =>
  elements(p, (b, oy, ox, c) => {
    const y = ((b * p.oh + oy) * p.ow + ox) * p.ch + c;
    for (const [iy, v] of between(oy, p.ih, p.oh)) {
      for (const [ix, h] of between(ox, p.iw, p.ow)) {
        visit(((b * p.ih + iy) * p.iw + ix) * p.ch + c, y, v * h);
      }
    }
  });
