import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';
import { folded } from './line.ts';
import { numbers } from './numbers.ts';

/** A convolution as its kernels see it; what is left out is 1, padding 0. */
interface Geometry {
  batch?: number;
  ih: number;
  iw: number;
  ic: number;
  oc: number;
  kh?: number;
  kw?: number;
  sy?: number;
  sx?: number;
  dy?: number;
  dx?: number;
  /** Before and after. */
  py?: [number, number];
  px?: [number, number];
  groups?: number;
}

const up = (n: number, by: number) => Math.ceil(n / by);

function paramsOf(o: Geometry) {
  const { batch = 1, kh = 1, kw = 1, sy = 1, sx = 1, dy = 1, dx = 1, groups = 1 } = o;
  const [[top, low], [left, right]] = [o.py ?? [0, 0], o.px ?? [0, 0]];
  const oh = Math.floor((o.ih + top + low - (kh - 1) * dy - 1) / sy) + 1;
  const ow = Math.floor((o.iw + left + right - (kw - 1) * dx - 1) / sx) + 1;
  const { ih, iw, ic, oc } = o;
  return { batch, ih, iw, ic, oh, ow, oc, kh, kw, sy, sx, dy, dx, py: top, px: left, groups };
}
type Params = ReturnType<typeof paramsOf>;

/** Calls `visit(x, w, y)` with flat positions for every product of a convolution. */
function products(p: Params, visit: (x: number, w: number, y: number) => void): void {
  const [per, fan] = [p.ic / p.groups, p.oc / p.groups];
  for (let y = 0; y < p.batch * p.oh * p.ow; y++) {
    const [b, oy, ox] = [Math.floor(y / (p.oh * p.ow)), Math.floor(y / p.ow) % p.oh, y % p.ow];
    for (let tap = 0; tap < p.kh * p.kw; tap++) {
      const iy = oy * p.sy + Math.floor(tap / p.kw) * p.dy - p.py;
      const ix = ox * p.sx + (tap % p.kw) * p.dx - p.px;
      if (iy < 0 || iy >= p.ih || ix < 0 || ix >= p.iw) continue;
      const pixel = ((b * p.ih + iy) * p.iw + ix) * p.ic;
      for (let o = 0; o < p.oc; o++) {
        const first = pixel + Math.floor(o / fan) * per;
        for (let c = 0; c < per; c++) {
          visit(first + c, (tap * per + c) * p.oc + o, y * p.oc + o);
        }
      }
    }
  }
}

const geometries: Geometry[] = [
  { ih: 1, iw: 1, ic: 1, oc: 1, kh: 3, kw: 3, py: [1, 1], px: [1, 1] },
  { batch: 2, ih: 4, iw: 5, ic: 3, oc: 5, kh: 3, kw: 2, py: [1, 0], px: [0, 2] },
  { batch: 2, ih: 5, iw: 3, ic: 4, oc: 8, kh: 3, kw: 3, sy: 2, sx: 2, py: [1, 1], px: [1, 1] },
  { ih: 6, iw: 7, ic: 12, oc: 20, kh: 2, kw: 3, sy: 3, sx: 2, py: [0, 2], px: [2, 0] },
  { ih: 5, iw: 5, ic: 20, oc: 36, kh: 2, kw: 2, dy: 3, dx: 2, py: [1, 1], px: [1, 1] },
  { ih: 2, iw: 2, ic: 4, oc: 4, kh: 3, kw: 3, py: [2, 2], px: [2, 2] },
  { ih: 5, iw: 5, ic: 4, oc: 4, kh: 2, kw: 2, sy: 3, sx: 3 },
  { ih: 1, iw: 9, ic: 8, oc: 4, kw: 3, dx: 2, px: [4, 0] },
  { batch: 2, ih: 7, iw: 8, ic: 8, oc: 8, kh: 2, kw: 2 },
  { ih: 3, iw: 4, ic: 4, oc: 6, kh: 3, kw: 3, py: [1, 1], px: [1, 1], groups: 2 },
  { ih: 4, iw: 3, ic: 4, oc: 4, kh: 2, kw: 3, sy: 2, px: [1, 1], groups: 4 },
  { batch: 2, ih: 3, iw: 5, ic: 8, oc: 8, kh: 3, kw: 3, py: [1, 1], px: [1, 1], groups: 8 },
  { ih: 5, iw: 4, ic: 16, oc: 8, kh: 3, kw: 2, sy: 2, dx: 2, py: [1, 0], px: [1, 1], groups: 2 },
];

type Contract = 'conv2d' | 'conv2d_input' | 'conv2d_weight';
/** What each contract reads, what it makes, and the contributions of one product. */
const roles = {
  conv2d: { inputs: ['x', 'w'], output: 'y' },
  conv2d_input: { inputs: ['g', 'w'], output: 'dx' },
  conv2d_weight: { inputs: ['x', 'g'], output: 'dw' },
} as const;

/** Whether a variant is meant for a geometry. */
function applies(file: string, contract: Contract, { ic, oc, groups }: Params): boolean {
  const quads = ic % 4 === 0 && oc % 4 === 0;
  if (file.endsWith('direct')) return true;
  if (file.endsWith('depthwise')) return quads && groups === ic && groups === oc;
  if (file.endsWith('scalar')) return groups === 1;
  if (!file.endsWith('ragged')) return quads && groups === 1;
  return groups === 1 || ((contract === 'conv2d_input' ? ic : oc) / groups) % 4 === 0;
}

/** Rows and columns of a variant's tile, and tiles per workgroup, for subgroups of four. */
const tiles: Record<string, [number, number, number]> = {
  implicit: [8, 8, 64],
  subgroup: [16, 32, 1],
  ragged: [16, 4, 32],
  tiled: [64, 32, 1],
  scalar: [64, 16, 1],
};

function groupsOf(contract: Contract, { file }: Kernel, p: Params, chunks: number): number {
  const tile = Object.keys(tiles).find((name) => file.includes(name));
  const taps = p.kh * p.kw;
  const sizes = {
    conv2d: p.batch * p.oh * p.ow * p.oc,
    conv2d_input: p.batch * p.ih * p.iw * p.ic,
    conv2d_weight: (chunks * taps * p.ic * p.oc) / p.groups,
  };
  if (file.includes('depthwise')) {
    const fours = p.ic / 4;
    return up(
      contract === 'conv2d_weight' ? sizes[contract] / 4 : up(sizes[contract] / p.ic, 4) * fours,
      64,
    );
  }
  if (!tile) return up(sizes[contract], 64);
  const phase = p.batch * up(p.ih, p.sy) * up(p.iw, p.sx);
  const [rows, columns, times] = {
    conv2d: [p.batch * p.oh * p.ow, p.oc, 1],
    conv2d_input: [phase, p.ic, p.sy * p.sx],
    conv2d_weight:
      tile === 'ragged' || tile === 'tiled'
        ? [(taps * p.ic) / p.groups, p.oc, chunks]
        : [p.ic, p.oc, taps * chunks],
  }[contract];
  const [r, c, perGroup] = tiles[tile];
  return up(times * up(rows, r) * up(columns, c), perGroup);
}

function caseOf(contract: Contract, o: Geometry, chunks: number): Case {
  const p = paramsOf(o);
  const sizes = {
    x: p.batch * p.ih * p.iw * p.ic,
    w: (p.kh * p.kw * p.ic * p.oc) / p.groups,
    y: p.batch * p.oh * p.ow * p.oc,
  };
  const [x, w, y] = [numbers(sizes.x, 1), numbers(sizes.w, 2), numbers(sizes.y, 3)];
  const chunk = up(p.batch * p.oh, chunks);
  const count = up(p.batch * p.oh, chunk);
  const size = { conv2d: sizes.y, conv2d_input: sizes.x, conv2d_weight: sizes.w * count }[contract];
  const expected = new Float64Array(size);
  products(p, (i, j, k) => {
    if (contract === 'conv2d') expected[k] += x[i] * w[j];
    else if (contract === 'conv2d_input') expected[i] += y[k] * w[j];
    else {
      const row = Math.floor(k / (p.oc * p.ow));
      expected[Math.floor(row / chunk) * sizes.w + j] += x[i] * y[k];
    }
  });
  const { inputs, output } = roles[contract];
  const values = { x, w, g: y };
  return {
    name: `${JSON.stringify(o)}${chunks > 1 ? ` in ${count} chunks` : ''}`,
    params: contract === 'conv2d_weight' ? { ...p, chunk, chunks: count } : p,
    buffers: {
      ...Object.fromEntries(inputs.map((name) => [name, values[name]])),
      [output]: new Float32Array(size),
    },
    applies: ({ file }) => applies(file.slice(0, -'.wgsl'.length), contract, p),
    groups: (kernel) => folded(groupsOf(contract, kernel, p, count)),
    expect: { [output]: expected },
    tolerance: 3e-5,
    subgroup: 4,
  };
}

/** The table of a contract: every geometry, and the sums over pixels also in chunks. */
export const convolutions = (contract: Contract): Case[] =>
  geometries.flatMap((o) =>
    (contract === 'conv2d_weight' ? [1, 3] : [1]).map((chunks) => caseOf(contract, o, chunks)),
  );
