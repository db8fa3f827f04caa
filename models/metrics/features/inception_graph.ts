type Pair = readonly [number, number];

/** A convolution without bias, a batch normalisation and a rectifier. */
export interface Filter {
  readonly name: string;
  /** Channels that it gives. */
  readonly out: number;
  /** Height and width of the filters. */
  readonly size: Pair;
  readonly stride: 1 | 2;
  /** Rows and columns of zeros on each side. */
  readonly padding: Pair;
}

/** 3×3 pools: means of what is there, maxima, and maxima that halve height and width. */
export type Pool = 'average' | 'max' | 'max halving';

/** One after another; an inner list side by side, its outputs joined. */
type Branch = readonly (Filter | Pool | readonly Filter[])[];

/** A filter that keeps height and width. */
function filter(name: string, out: number, sides: number | Pair = 1): Filter {
  const size = typeof sides === 'number' ? ([sides, sides] as const) : sides;
  return { name, out, size, stride: 1, padding: [(size[0] - 1) / 2, (size[1] - 1) / 2] };
}

/** 3×3 filters without padding. */
const inner = (name: string, out: number, stride: 1 | 2 = 1): Filter => ({
  ...{ name, out, size: [3, 3], stride, padding: [0, 0] },
});

const ROW: Pair = [1, 7];
const COLUMN: Pair = [7, 1];

const STEM: Branch = [
  inner('Conv2d_1a_3x3', 32, 2),
  inner('Conv2d_2a_3x3', 32),
  filter('Conv2d_2b_3x3', 64, 3),
  'max halving',
  filter('Conv2d_3b_1x1', 80),
  inner('Conv2d_4a_3x3', 192),
  'max halving',
];

/** Figure 5 of the paper, with 5×5 filters in one branch. */
const blockA = (pooled: number): Branch[] => [
  [filter('branch1x1', 64)],
  [filter('branch5x5_1', 48), filter('branch5x5_2', 64, 5)],
  [filter('branch3x3dbl_1', 64), filter('branch3x3dbl_2', 96, 3), filter('branch3x3dbl_3', 96, 3)],
  ['average', filter('branch_pool', pooled)],
];

/** Figure 10: height and width are halved. */
const BLOCK_B: Branch[] = [
  [inner('branch3x3', 384, 2)],
  [filter('branch3x3dbl_1', 64), filter('branch3x3dbl_2', 96, 3), inner('branch3x3dbl_3', 96, 2)],
  ['max halving'],
];

/** Figure 6: 7×7 filters as rows and columns, of c channels within. */
const blockC = (c: number): Branch[] => [
  [filter('branch1x1', 192)],
  [filter('branch7x7_1', c), filter('branch7x7_2', c, ROW), filter('branch7x7_3', 192, COLUMN)],
  [
    filter('branch7x7dbl_1', c),
    filter('branch7x7dbl_2', c, COLUMN),
    filter('branch7x7dbl_3', c, ROW),
    filter('branch7x7dbl_4', c, COLUMN),
    filter('branch7x7dbl_5', 192, ROW),
  ],
  ['average', filter('branch_pool', 192)],
];

/** Halved again. */
const BLOCK_D: Branch[] = [
  [filter('branch3x3_1', 192), inner('branch3x3_2', 320, 2)],
  [
    filter('branch7x7x3_1', 192),
    filter('branch7x7x3_2', 192, ROW),
    filter('branch7x7x3_3', 192, COLUMN),
    inner('branch7x7x3_4', 192, 2),
  ],
  ['max halving'],
];

/** Figure 7: 3×3 filters as a row and a column side by side. */
const blockE = (pool: Pool): Branch[] => [
  [filter('branch1x1', 320)],
  [
    filter('branch3x3_1', 384),
    [filter('branch3x3_2a', 384, [1, 3]), filter('branch3x3_2b', 384, [3, 1])],
  ],
  [
    filter('branch3x3dbl_1', 448),
    filter('branch3x3dbl_2', 384, 3),
    [filter('branch3x3dbl_3a', 384, [1, 3]), filter('branch3x3dbl_3b', 384, [3, 1])],
  ],
  [pool, filter('branch_pool', 192)],
];

const BLOCKS: readonly (readonly [name: string, Branch[]])[] = [
  ['Mixed_5b', blockA(32)],
  ['Mixed_5c', blockA(64)],
  ['Mixed_5d', blockA(64)],
  ['Mixed_6a', BLOCK_B],
  ['Mixed_6b', blockC(128)],
  ['Mixed_6c', blockC(160)],
  ['Mixed_6d', blockC(160)],
  ['Mixed_6e', blockC(192)],
  ['Mixed_7a', BLOCK_D],
  ['Mixed_7b', blockE('average')],
  ['Mixed_7c', blockE('max')],
];

/** What the parts of the network do to an x: to images, or to how many channels they have. */
export interface Meaning<T> {
  /** `name` is torchvision's, as in Mixed_5b.branch1x1. */
  convolve(name: string, filter: Filter, x: T): T;
  pool(kind: Pool, x: T): T;
  /** Channels of all, one after another. `name` is that of the block they end, if they do. */
  join(parts: T[], name?: string): T;
}

/**
 * The convolutional part of Inception-v3 as the Fréchet Inception Distance takes it: from images of 3
 * channels to 2048 channels. C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna, Rethinking the
 * Inception Architecture for Computer Vision, 2015, arXiv 1512.00567; in detail TensorFlow's graph of
 * 2015-12-05, in which means leave padding out and the last block pools by maxima.
 */
export function throughInception<T>(x: T, { convolve, pool, join }: Meaning<T>): T {
  const along = (branch: Branch, prefix: string, start: T): T =>
    branch.reduce((y: T, part) => {
      if (typeof part === 'string') return pool(part, y);
      if ('name' in part) return convolve(prefix + part.name, part, y);
      return join(part.map((side) => convolve(prefix + side.name, side, y)));
    }, start);
  return BLOCKS.reduce(
    (y, [name, branches]) =>
      join(
        branches.map((b) => along(b, `${name}.`, y)),
        name,
      ),
    along(STEM, '', x),
  );
}
