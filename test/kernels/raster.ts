import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';
import { folded } from './line.ts';
import { numbers } from './numbers.ts';

/** A masked convolution; what is left out is 1, and the mask a raster. */
interface Geometry {
  batch?: number;
  height: number;
  width: number;
  ic: number;
  oc: number;
  kh: number;
  kw: number;
  type: 'A' | 'B';
  vertical?: boolean;
  colours?: number;
  dy?: number;
  dx?: number;
}

const up = (n: number, by: number) => Math.ceil(n / by);

/** Whether output channel o sees input channel i under a tap, by the definition of the mask. */
function sees(g: Geometry, ky: number, kx: number, i: number, o: number): boolean {
  const [cy, cx] = [(g.kh - 1) / 2, (g.kw - 1) / 2];
  if (ky !== cy) return ky < cy;
  if (g.vertical) return g.type === 'B';
  if (kx !== cx) return kx < cx;
  const colours = g.colours ?? 1;
  const [from, to] = [Math.floor((i * colours) / g.ic), Math.floor((o * colours) / g.oc)];
  return g.type === 'B' ? from <= to : from < to;
}

function paramsOf(g: Geometry) {
  const { batch = 1, height, width, ic, oc, kh, kw, vertical, colours = 1, dy = 1, dx = 1 } = g;
  const own = +(g.type === 'B');
  const centre = (kh * kw - 1) / 2;
  const taps = vertical ? ((kh - 1) / 2 + own) * kw : centre + (colours > 1 ? 0 : own);
  const [py, px] = [((kh - 1) / 2) * dy, ((kw - 1) / 2) * dx];
  const ordered = colours > 1 ? own : 0;
  return { batch, height, width, ic, oc, kw, taps, dy, dx, py, px, colours, own: ordered };
}
type Params = ReturnType<typeof paramsOf>;

/** Calls `visit(x, w, y)` with flat positions for every product of a masked convolution. */
function products(g: Geometry, p: Params, visit: (x: number, w: number, y: number) => void): void {
  for (let q = 0; q < p.batch * p.height * p.width; q++) {
    const [row, column] = [Math.floor(q / p.width) % p.height, q % p.width];
    for (let tap = 0; tap < g.kh * g.kw; tap++) {
      const [ky, kx] = [Math.floor(tap / g.kw), tap % g.kw];
      const [down, over] = [ky * p.dy - p.py, kx * p.dx - p.px];
      const inside = row + down >= 0 && row + down < p.height;
      if (!inside || column + over < 0 || column + over >= p.width) continue;
      const pixel = q + down * p.width + over;
      for (let i = 0; i < p.ic; i++) {
        for (let o = 0; o < p.oc; o++) {
          if (sees(g, ky, kx, i, o))
            visit(pixel * p.ic + i, (tap * p.ic + i) * p.oc + o, q * p.oc + o);
        }
      }
    }
  }
}

const geometries: Geometry[] = [
  { height: 1, width: 1, ic: 1, oc: 1, kh: 3, kw: 3, type: 'A' },
  { height: 1, width: 1, ic: 1, oc: 1, kh: 3, kw: 3, type: 'B' },
  { batch: 2, height: 4, width: 5, ic: 3, oc: 5, kh: 3, kw: 5, type: 'A' },
  { batch: 2, height: 5, width: 3, ic: 4, oc: 8, kh: 5, kw: 3, type: 'B' },
  { height: 6, width: 7, ic: 12, oc: 20, kh: 3, kw: 3, type: 'A' },
  { height: 3, width: 4, ic: 20, oc: 36, kh: 3, kw: 3, type: 'B' },
  { height: 9, width: 2, ic: 4, oc: 4, kh: 7, kw: 7, type: 'B' },
  { batch: 3, height: 5, width: 6, ic: 4, oc: 4, kh: 5, kw: 5, type: 'A', dy: 2, dx: 1 },
  { height: 4, width: 7, ic: 2, oc: 6, kh: 3, kw: 3, type: 'B', dy: 3, dx: 2 },
  { batch: 2, height: 4, width: 5, ic: 8, oc: 12, kh: 3, kw: 3, type: 'A', vertical: true },
  { batch: 2, height: 4, width: 5, ic: 3, oc: 7, kh: 5, kw: 3, type: 'B', vertical: true },
  { height: 3, width: 6, ic: 4, oc: 8, kh: 1, kw: 5, type: 'A' },
  { height: 3, width: 6, ic: 8, oc: 4, kh: 1, kw: 3, type: 'B' },
  { height: 2, width: 4, ic: 3, oc: 6, kh: 3, kw: 3, type: 'A', colours: 3 },
  { height: 2, width: 5, ic: 3, oc: 12, kh: 3, kw: 3, type: 'A', colours: 3 },
  { height: 2, width: 4, ic: 9, oc: 6, kh: 3, kw: 3, type: 'B', colours: 3 },
  { height: 3, width: 3, ic: 12, oc: 12, kh: 3, kw: 3, type: 'A', colours: 3 },
  { height: 3, width: 3, ic: 12, oc: 24, kh: 3, kw: 3, type: 'B', colours: 3 },
  { height: 4, width: 4, ic: 24, oc: 36, kh: 3, kw: 3, type: 'B', colours: 3 },
  { height: 2, width: 2, ic: 4, oc: 72, kh: 1, kw: 3, type: 'B', colours: 2 },
  { height: 2, width: 2, ic: 76, oc: 4, kh: 1, kw: 3, type: 'A', colours: 2 },
  { height: 2, width: 5, ic: 8, oc: 40, kh: 1, kw: 1, type: 'B', colours: 2 },
  { height: 2, width: 5, ic: 24, oc: 12, kh: 1, kw: 1, type: 'A', colours: 3 },
];

const waves = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7));

type Contract = 'masked_conv2d' | 'masked_conv2d_input' | 'masked_conv2d_weight';
/** What each contract reads and makes. */
const roles = {
  masked_conv2d: { inputs: ['x', 'w'], output: 'y' },
  masked_conv2d_input: { inputs: ['g', 'w'], output: 'dx' },
  masked_conv2d_weight: { inputs: ['x', 'g'], output: 'dw' },
} as const;

/** Rows and columns of a variant's tile, and tiles per workgroup, for subgroups of four. */
const tiles: Record<string, [number, number, number]> = {
  direct: [1, 1, 64],
  implicit: [8, 8, 64],
  subgroup: [16, 32, 1],
  tiled: [64, 64, 1],
  ragged: [16, 4, 32],
  lines: [8, 1, 64],
};

/** Taps of the filter that a mask leaves, in part or as a whole. */
const seenOf = ({ taps, colours }: Params): number => taps + +(colours > 1);

function groupsOf(contract: Contract, { file }: Kernel, p: Params, chunks: number): number {
  const tile = Object.keys(tiles).find((name) => file.includes(name)) as string;
  const pixels = p.batch * p.height * p.width;
  const taps = seenOf(p);
  const flat = tile === 'ragged' || tile === 'tiled';
  const [rows, columns, times] = {
    masked_conv2d: [pixels, p.oc, 1],
    masked_conv2d_input: [pixels, p.ic, 1],
    masked_conv2d_weight: flat ? [taps * p.ic, p.oc, chunks] : [p.ic, p.oc, taps * chunks],
  }[contract];
  const [r, c, perGroup] = tiles[tile];
  return up(times * up(rows, r) * up(columns, c), perGroup);
}

function caseOf(contract: Contract, g: Geometry, chunks: number): Case {
  const p = paramsOf(g);
  const pixels = p.batch * p.height * p.width;
  const sizes = { x: pixels * p.ic, w: g.kh * g.kw * p.ic * p.oc, y: pixels * p.oc };
  const seen = seenOf(p) * p.ic * p.oc;
  // Outliers on one side of a product: on both, their rounding would be larger than what is tested.
  const [x, w, y] = [numbers(sizes.x, 1), waves(sizes.w, 2), waves(sizes.y, 3)];
  const chunk = up(p.batch * p.height, chunks);
  const count = up(p.batch * p.height, chunk);
  const own = { masked_conv2d: sizes.y, masked_conv2d_input: sizes.x };
  const size = contract === 'masked_conv2d_weight' ? seen * count : own[contract];
  const expected = new Float64Array(size);
  products(g, p, (i, j, k) => {
    if (contract === 'masked_conv2d') expected[k] += x[i] * w[j];
    else if (contract === 'masked_conv2d_input') expected[i] += y[k] * w[j];
    else {
      const row = Math.floor(k / (p.oc * p.width));
      expected[Math.floor(row / chunk) * seen + j] += x[i] * y[k];
    }
  });
  const { inputs, output } = roles[contract];
  // What a mask hides must not be read: it is NaN.
  const values = { x, w: w.map((v, i) => (i < seen ? v : Number.NaN)), g: y };
  return {
    name: `${JSON.stringify(g)}${chunks > 1 ? ` in ${count} chunks` : ''}`,
    params: contract === 'masked_conv2d_weight' ? { ...p, chunk, chunks: count } : p,
    buffers: {
      ...Object.fromEntries(inputs.map((name) => [name, values[name]])),
      [output]: new Float32Array(size),
    },
    applies: ({ file }) =>
      /direct|ragged/.test(file) || (p.oc % 4 === 0 && (file.includes('lines') || p.ic % 4 === 0)),
    groups: (kernel) => folded(groupsOf(contract, kernel, p, count)),
    expect: { [output]: expected },
    tolerance: 3e-5,
    overrides: contract === 'masked_conv2d_weight' ? {} : { ORDERED: +(p.colours > 1) },
    subgroup: 4,
  };
}

/** The table of a contract: every geometry, and the sums over pixels also in chunks. */
export const masks = (contract: Contract): Case[] =>
  geometries.flatMap((g) => {
    if (contract !== 'masked_conv2d_weight') return [caseOf(contract, g, 1)];
    return seenOf(paramsOf(g)) === 0 ? [] : [caseOf(contract, g, 1), caseOf(contract, g, 3)];
  });
