import countNaive from '../../shaders/ball_counts/1_naive.wgsl';
import countTiled from '../../shaders/ball_counts/2_tiled.wgsl';
import countSubgroup from '../../shaders/ball_counts/3_subgroup.wgsl';
import leastNaive from '../../shaders/block_distances/1_naive.wgsl';
import leastTiled from '../../shaders/block_distances/2_tiled.wgsl';
import leastSubgroup from '../../shaders/block_distances/3_subgroup.wgsl';
import { type Contract, dispatch, type Launch, type Variant } from '../choose.ts';
import { about, demand } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import { type Adapter, op, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import { demandFloat } from './axes.ts';
import { concat } from './layout.ts';
import { sum } from './reduce.ts';
import { reshape } from './view.ts';

/** Rows of y that are looked at as one. */
export const BLOCK = 16;
const blocksOf = (rows: number): number => Math.ceil(rows / BLOCK);

/** m rows beside n, of d numbers. */
interface Sides {
  readonly m: number;
  readonly n: number;
  readonly d: number;
}

/** A contract of both kinds: `threads` of the naive variant, tiles of 64 × 64, of 16 × 8 per lane. */
function pairContract<S extends Sides>(
  name: string,
  [naive, tiled, subgroup]: readonly [Kernel, Kernel, Kernel],
  threads: (sizes: S) => number,
  forms: (sizes: S) => Record<string, number>,
): Contract<S> {
  const tiles = ({ m, n }: S, rows: number, columns: number) =>
    Math.ceil(m / rows) * Math.ceil(n / columns);
  const byFours = ({ d }: S) => d > 0 && d % 4 === 0;
  const variant = (
    kernel: Kernel,
    launch: (sizes: S, gpu: Adapter) => Launch,
    applies?: Variant<S>['applies'],
  ): Variant<S> => ({ kernel, launch, applies });
  return {
    name,
    variants: [
      variant(naive, (s) => ({ groups: Math.ceil(threads(s) / 64) })),
      variant(tiled, (s) => ({ groups: tiles(s, 64, 64), overrides: forms(s) }), byFours),
      variant(
        subgroup,
        (s, { subgroupSize }) => {
          const SIZE = subgroupSize as number;
          return { groups: tiles(s, 16, 8 * SIZE), overrides: { SIZE, ...forms(s) } };
        },
        (s, { subgroupSize }) => byFours(s) && (subgroupSize ?? 0) >= 4,
      ),
    ],
    /** A GPU shares loads in workgroup memory; a CPU wants registers and no barriers. */
    heuristic(sizes, { software, subgroupSize }) {
      if (!byFours(sizes)) return naive;
      return software && (subgroupSize ?? 0) >= 4 ? subgroup : tiled;
    },
  };
}

interface Least extends Sides {
  /** x is y. */
  readonly self: boolean;
}

export const blockDistancesContract = pairContract<Least>(
  'block_distances',
  [leastNaive, leastTiled, leastSubgroup],
  ({ m, n }) => m * blocksOf(n),
  ({ self }) => ({ SELF: +self }),
);

export const ballCountsContract = pairContract<Sides>(
  'ball_counts',
  [countNaive, countTiled, countSubgroup],
  ({ m, n }) => m * blocksOf(n) + n * blocksOf(m),
  () => ({}),
);

/** Rows [n, d] and the squared length of each, [n]. */
export interface Points {
  readonly rows: Arg;
  readonly squares: Arg;
}

/** Rows with the squared radius of a ball around each, [n]. */
export interface Balls extends Points {
  readonly radii: Arg;
}

const leastOp = op<{ self: boolean }>('blockDistances', {
  shape: ([x, , y]) => [blocksOf(y.shape[0]), x.shape[0]],
  run(k, [least], [x, xx, y, yy], { self }) {
    const [m, d] = x.shape;
    const n = y.shape[0];
    if (least.size === 0) return;
    const slots = { x, xx, y, yy, least };
    dispatch(k, blockDistancesContract, { m, n, d, self }, slots, { m, n, d });
  },
  flops: (_, [x, , y], { self }) => (self ? 1 : 2) * x.size * y.shape[0],
});

/**
 * The least squared distance of each of m rows to each block of BLOCK of n others: [ceil(n / BLOCK), m].
 * The k rows nearest to one lie in the k blocks of least distance. Half the work where both are the same
 * variables. Distances are |x|² + |y|² − 2 x·y, at least 0; d should be a multiple of 4. No gradient.
 */
export const blockDistances = (x: Points, y: Points): Tensor =>
  about('blockDistances', () => {
    const inputs = pairOf(x, y);
    return leastOp(inputs, { self: x.rows === y.rows });
  });

const countOp = op<{ slack: number }>('ballCounts', {
  shape: ([x, , y]) => {
    const [m, n] = [x.shape[0], y.shape[0]];
    const shapes = [
      [blocksOf(n), m],
      [blocksOf(n), m],
      [blocksOf(m), n],
    ];
    return shapes.map((shape) => ({ shape, dtype: 'f32' }));
  },
  run(k, [members, holders, holding], [x, xball, y, yball], { slack }) {
    const [m, d] = x.shape;
    const n = y.shape[0];
    if (m === 0 || n === 0) return;
    const slots = { x, xball, y, yball, members, holders, holding };
    dispatch(k, ballCountsContract, { m, n, d }, slots, { m, n, d, slack });
  },
  flops: (_, [x, , y]) => 2 * x.size * y.shape[0],
});

/** Numbers of pairs of a row and a ball that holds it. */
export interface BallCounts {
  /** Rows of y in the ball of each row of x, [m]. */
  readonly members: Tensor;
  /** Balls of y that hold each row of x, [m]. */
  readonly holders: Tensor;
  /** Balls of x that hold each row of y, [n]. */
  readonly holding: Tensor;
}

/**
 * Which rows lie in balls around others: |x − y|² + slack (|x|² + |y|²) < radius². d should be a
 * multiple of 4. No gradient.
 */
export const ballCounts = (x: Balls, y: Balls, slack = 0): BallCounts =>
  about('ballCounts', () => {
    const [xs, xx, ys, yy] = pairOf(x, y);
    const ball = (squares: Tensor, radii: Arg) =>
      concat(
        [squares, toTensor(radii)].map((t) => reshape(t, [1, squares.size])),
        0,
      );
    const inputs = [xs, ball(xx, x.radii), ys, ball(yy, y.radii)];
    const [members, holders, holding] = countOp.all(inputs, { slack }).map((t) => sum(t, 0));
    return { members, holders, holding };
  });

/** Rows and squared lengths of both sides, checked. */
function pairOf(x: Points, y: Points): [Tensor, Tensor, Tensor, Tensor] {
  const [a, aa, b, bb] = [x.rows, x.squares, y.rows, y.squares].map((t) => toTensor(t));
  for (const t of [a, aa, b, bb]) demandFloat(t);
  demand(
    a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === b.shape[1],
    () => `rows ${dims(a)} and ${dims(b)}, expected [m, d] and [n, d]. Reshape them.`,
  );
  demand(
    aa.size === a.shape[0] && bb.size === b.shape[0],
    () => `squares ${dims(aa)}, ${dims(bb)} of rows ${dims(a)}, ${dims(b)}. Give one per row.`,
  );
  return [a, aa, b, bb];
}
