import * as e from '../engine/index.ts';
import type { ModelRow } from '../tools/lockstep/model.ts';

/** A step whose kernels are looked at as hardware would run them. */
export interface Row {
  readonly name: string;
  /** Makes the inputs and returns the step. */
  readonly step: () => () => e.Tensor[];
  /** Share of coalesced traffic its kernels must reach. */
  readonly least?: number;
}

/**
 * What rows of lengths that are no multiple of 8 can reach: 32 neighbours that begin inside a sector
 * touch 5 instead of 4, wherever the row begins.
 */
const RAGGED = 0.75;
/** The same for tiles of 16: a subgroup reads two halves of rows, 6 sectors instead of 4. */
const HALVES = 0.6;

/** A kernel that may fall short, and why it must. */
interface Excuse {
  readonly file: string;
  readonly why: string;
  used?: boolean;
}

export const excuses: Excuse[] = [
  {
    file: 'take_along/1_gather.wgsl',
    why: 'It takes one element of each row, and rows lie in different sectors.',
  },
];

const floats = (...shape: number[]) => e.variable(null, shape);
const numbers = (n: number, size: number) =>
  e.variable(
    Uint32Array.from({ length: n }, (_, i) => (Math.imul(i + 1, 2654435761) % size) >>> 0),
  );

/** Whole numbers that rise by one after each `every`. */
const rising = (n: number, every: number) =>
  e.tensor(Uint32Array.from({ length: n }, (_, i) => Math.floor(i / every)));

/** Variables of shapes such as '64x32 32x128'. */
const variables = (shapes: string) =>
  shapes.split(' ').map((shape) => floats(...shape.split('x').map(Number)));

/** A function of variables of these shapes, alone or with the gradients of all of them. */
const of = (name: string, shapes: string, fn: (...x: e.Variable[]) => e.Tensor): Row => ({
  name,
  step: () => {
    const x = variables(shapes);
    return () => [fn(...x)];
  },
});

const withGradients = (
  name: string,
  shapes: string,
  fn: (...x: e.Variable[]) => e.Tensor,
): Row => ({
  name: `${name}, gradients`,
  step: () => {
    const x = variables(shapes);
    return () => {
      const y = fn(...x);
      return [y, ...e.vjp(y, x, floats(...y.shape))];
    };
  },
});

const both = (...args: Parameters<typeof of>): Row[] => [of(...args), withGradients(...args)];
const ragged = (all: Row[]): Row[] => all.map((row) => ({ ...row, least: RAGGED }));
const mm = (m: number, k: number, n: number): Row[] =>
  both(`matmul [${m}, ${k}]·[${k}, ${n}]`, `${m}x${k} ${k}x${n}`, (a, b) => e.matmul(a, b));
const conv = (name: string, shapes: string, o: object = {}): Row[] =>
  both(`conv2d ${name}`, shapes, (a, b) => e.conv2d(a, b, { padding: 'same', ...o }));
const masked = (name: string, o: e.MaskedOptions): Row[] =>
  both(`masked ${name}`, '4x28x28x32 5x5x32x64', (x, w) => e.maskedConv2d(x, w, o));
const lines = (name: string, fn: (x: e.Variable, axis: number) => e.Tensor): Row[] => [
  ...both(`${name} of rows`, '256x512', (x) => fn(x, 1)),
  ...both(`${name} of short rows`, '4096x32', (x) => fn(x, 1)),
  ...both(`${name} of columns`, '128x256', (x) => fn(x, 0)),
  ...ragged(both(`${name} of ragged rows`, '300x333', (x) => fn(x, 1))),
];
const folds = (name: string, fn: (x: e.Variable, axes?: number) => e.Tensor): Row[] => [
  ...lines(name, fn),
  of(`${name} of all`, '1048576', (x) => fn(x)),
  of(`${name} of a long row`, '4x262144', (x) => fn(x, 1)),
];

export const rows: Row[] = [
  ...mm(512, 64, 512),
  ...mm(64, 112, 256),
  ...mm(4096, 64, 64),
  ...mm(256, 128, 2),
  ...mm(100, 77, 51).map((row) => ({ ...row, least: HALVES })),
  ...mm(1, 256, 1024),
  ...mm(64, 1024, 64),
  ...both('matmul batch', '32x64x64 32x64x64', (a, b) => e.matmul(a, b)),
  ...both('matmul ta', '128x256 128x256', (a, b) => e.matmul(a, b, { ta: true })),
  ...both('matmul tb', '128x256 128x256', (a, b) => e.matmul(a, b, { tb: true })),
  of('linear', '256x128 128x128 128', (x, w, b) => e.relu(e.add(e.matmul(x, w), b))),
  ...conv('3x3 28x28 32-64', '8x28x28x32 3x3x32x64'),
  ...conv('3x3 14x14 64-64', '8x14x14x64 3x3x64x64'),
  ...conv('3x3 28x28 1-32', '64x28x28x1 3x3x1x32'),
  ...conv('3x3 stride 2 32-64', '64x28x28x32 3x3x32x64', { stride: 2, padding: 1 }),
  ...conv('1x1 64-256', '8x14x14x64 1x1x64x256'),
  ...conv('depthwise', '8x28x28x32 3x3x1x32', { groups: 32 }),
  ...both('conv1d causal dilated', '4x256x32 2x32x32', (x, w) =>
    e.conv1d(x, w, { padding: 'causal', dilation: 4 }),
  ),
  ...masked('raster, type B', { type: 'B' }),
  ...masked('vertical', { type: 'A', mask: 'vertical' }),
  ...masked('colours', { type: 'A', colours: 4 }),
  ...both('attention causal', '2x4x64x32 2x4x64x32 2x4x64x32', (q, k, v) =>
    e.attention(q, k, v, { causal: true }),
  ),
  ...both('attention', '1x2x64x64 1x2x64x64 1x2x64x64', (q, k, v) => e.attention(q, k, v)),
  ...folds('sum', (x, axes) => e.sum(x, axes)),
  ...folds('max', (x, axes) => e.max(x, axes)),
  ...lines('softmax', (x, axis) => e.softmax(x, axis)),
  ...lines('logSoftmax', (x, axis) => e.logSoftmax(x, axis)),
  ...lines('logSumExp', (x, axis) => e.logSumExp(x, axis)),
  ...lines('argmax', (x, axis) => e.cast(e.argmax(x, axis), 'f32')).filter(
    ({ name }) => !name.endsWith('gradients'),
  ),
  ...lines('cumsum', (x, axis) => e.cumsum(x, axis)),
  ...lines('variance', (x, axis) => e.variance(x, axis)),
  ...both('layerNorm', '1024x512 512 512', (x, a, b) => e.layerNorm(x, a, b)),
  ...both('layerNorm of short rows', '1024x64 64 64', (x, a, b) => e.layerNorm(x, a, b)),
  ...both('groupNorm', '8x28x28x64 64 64', (x, a, b) => e.groupNorm(x, 8, a, b)),
  of('topK', '256x1000', (x) => e.topK(x, 10).values),
  of('blockDistances', '512x64 512 256x64 256', (x, xx, y, yy) =>
    e.blockDistances({ rows: x, squares: xx }, { rows: y, squares: yy }),
  ),
  of('blockDistances of itself', '256x64 256', (x, xx) =>
    e.blockDistances({ rows: x, squares: xx }, { rows: x, squares: xx }),
  ),
  of('ballCounts', '512x64 512 256x64 256', (x, xx, y, yy) => {
    const counts = e.ballCounts(
      { rows: x, squares: xx, radii: xx },
      { rows: y, squares: yy, radii: yy },
    );
    return e.concat(Object.values(counts), 0);
  }),
  ...both('maxPool2d', '8x28x28x32', (x) => e.maxPool2d(x, { size: 2 })),
  ...both('avgPool2d', '8x28x28x32', (x) => e.avgPool2d(x, { size: 2 })),
  ...both('resizeNearest', '8x14x14x32', (x) => e.resizeNearest(x, [28, 28])),
  ...both('resizeBilinear', '8x14x14x32', (x) => e.resizeBilinear(x, [28, 28])),
  ...both('pad', '8x28x28x32', (x) =>
    e.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
  ),
  ...both('concat', '64x128 64x256', (a, b) => e.concat([a, b], 1)),
  ...both('transpose', '512x512', (x) => e.transpose(x)),
  ...both('transpose and add', '512x512 512x512', (x, y) => e.add(e.transpose(x), y)),
  ...both('heads', '16x64x4x16', (x) => e.permute(x, [0, 2, 1, 3])),
  ...both('slice', '64x28x28x32', (x) => e.slice(x, [null, [1, 27], [1, 27], null])),
  ...both('flip', '64x1024', (x) => e.flip(x, 1)),
  of('tril', '256x256', (x) => e.tril(x)),
  of('x·y+z', '1048576 1048576 1048576', (x, y, z) => e.add(e.mul(x, y), z)),
  ...both('gelu', '1048576', (x) => e.gelu(x)),
  ...both('bias', '1024x256 256', (x, b) => e.add(x, b)),
  of('of an odd size', '999999', (x) => e.tanh(x)),
  ...both('logAbsDet of 32', '64x32x32', (x) => e.logAbsDet(x)),
  ...both('logAbsDet of 72', '72x72', (x) => e.logAbsDet(x)),
  of('logAbsDet of 256', '256x256', (x) => e.logAbsDet(x)),
  of('triangularSolve of many', '1024x8x8 1024x8x32', (a, b) => e.triangularSolve(a, b)),
  of('triangularSolve of wide', '256x8x8 256x8x128', (a, b) => e.triangularSolve(a, b)),
  of('inverse of many', '1024x32x32', (x) => e.inverse(x)),
  ...both('triangularSolve', '64x32x32 64x32x32', (a, b) => e.triangularSolve(a, b)),
  of('attention of one query', '4x4x1x32 4x4x128x32 4x4x128x32', (q, k, v) => e.attention(q, k, v)),
  ...both('masked matmul', '128x256 256x256', (x, w) =>
    e.maskedMatmul(x, w, { from: rising(256, 1), to: rising(256, 1) }),
  ),
  of('segmentSum', '1024x64', (x) => e.segmentSum(x, rising(1024, 8), 128)),
  of('decodeAttention', '4x4x1x32 4x4x128x32 4x4x128x32', (q, k, v) =>
    e.decodeAttention(q, k, v, e.tensor(Uint32Array.of(100))),
  ),
  of('writeRows', '4x4x128x32 4x4x1x32', (cache, row) =>
    e.writeRows(cache, row, e.tensor(Uint32Array.of(7))),
  ),
  {
    // scatterAdd walks lists that another kernel makes: on the zeros of a pretended GPU, for ever.
    name: 'gather',
    step: () => {
      const table = floats(1000, 64);
      const which = numbers(2048, 1000);
      return () => [e.gather(table, which)];
    },
  },
  {
    name: 'crossEntropy',
    step: () => {
      const x = floats(512, 256);
      const target = numbers(512, 256);
      return () => {
        const y = e.mean(e.crossEntropy(x, target));
        return [y, ...e.grad(y, [x])];
      };
    },
  },
  {
    name: 'random',
    step: () => () => [e.uniform([1 << 16]), e.normal([1 << 16])],
  },
  {
    name: 'adam',
    step: () => {
      const layer = { weight: floats(256, 256), bias: floats(256) };
      const optimiser = e.adam(layer, { lr: 1e-3 });
      return () => {
        const loss = e.sum(e.add(e.matmul(floats(64, 256), layer.weight), layer.bias));
        optimiser.update(e.grad(loss, optimiser.variables));
        return [loss];
      };
    },
  },
];

/** What a hardware default may not do, a sentence for each access at fault. */
export function faults(row: ModelRow, code: string, least = 0.9): string[] {
  const { file, reads, writes, sites } = row;
  const excuse = excuses.find((one) => one.file === file);
  const text = code.split('\n');
  const at = (line: number) => `${file}:${line} ${text[line - 1]?.trim()}: `;
  const percent = (part: number, whole: number) => `${Math.floor((100 * part) / whole)} %`;
  const found = sites
    .filter(({ worst }) => worst > 2)
    .map((s) => `${at(s.line)}${s.name} ${s.kind}, ${s.worst}-way bank conflict`);
  for (const [kind, { coalesced }] of [
    ['read', reads],
    ['write', writes],
  ] as const) {
    if (coalesced >= least) continue;
    const all = sites.filter((s) => s.kind === kind && s.space === 'storage');
    const sectors = all.reduce((n, s) => n + s.sectors, 0);
    for (const s of all.filter((one) => one.leastSectors < least * one.sectors)) {
      const share = `${percent(s.leastSectors, s.sectors)} coalesced, ${percent(s.sectors, sectors)} of the sectors`;
      found.push(`${at(s.line)}${s.name} ${kind}, ${share}; the kernel: ${percent(coalesced, 1)}`);
    }
  }
  if (!excuse || found.length === 0) return found;
  excuse.used = true;
  return [];
}
