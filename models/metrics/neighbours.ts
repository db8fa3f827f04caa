import {
  argmin,
  ballCounts,
  BLOCK,
  blockDistances,
  gather,
  neg,
  topK,
  transpose,
  variable,
} from '../../engine/index.ts';
import { EightfoldError } from '../../engine/errors.ts';
import { total } from '../chunks.ts';
import { type Rows, squaredDistance } from './distance.ts';
import { byParts, meanRow, place, rowsBeside, slackOf } from './pairs.ts';

/** How two samples cover each other, each from 0 to 1 (density may be more). */
export interface Coverage {
  /** Share of fakes within the manifold of the real ones. */
  precision: number;
  /** Share of real ones within the manifold of the fakes. */
  recall: number;
  /** Balls of real ones that hold a fake, over k. */
  density: number;
  /** Share of real ones whose ball holds a fake. */
  coverage: number;
}

/**
 * The k rows nearest to row i within blocks of others and their squared distances, in float64, nearest
 * first. NaN where fewer than k are numbers.
 */
function closest(
  rows: Rows,
  i: number,
  among: Rows,
  blocks: ArrayLike<number>,
  size: number,
  k: number,
) {
  const n = among.length / size;
  const places = new Uint32Array(k).fill(blocks[0] * BLOCK);
  const squared = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let b = 0; b < blocks.length; b++) {
    const first = blocks[b] * BLOCK;
    for (let j = first; j < Math.min(n, first + BLOCK); j++) {
      const d = squaredDistance(rows, i * size, among, j * size, size);
      if (!(d < squared[k - 1])) continue;
      let at = k - 1; // those after `at` have moved one place back
      for (; at > 0 && squared[at - 1] > d; at--) {
        squared[at] = squared[at - 1];
        places[at] = places[at - 1];
      }
      squared[at] = d;
      places[at] = j;
    }
  }
  return { places, squared: squared.map((d) => (d < Number.POSITIVE_INFINITY ? d : Number.NaN)) };
}

/** Rows with the squared radius of the ball around each: together they are the manifold of a sample. */
export interface Manifold {
  rows: Rows;
  size: number;
  k: number;
  /** Squared distance of each row to its k-th nearest other one. */
  radii: Float64Array;
}

/**
 * The manifold of rows of `size` numbers: balls around them that reach their k-th nearest other one. The
 * blocks in which neighbours may be are found on the GPU, their distances are taken in float64. Throws for
 * k rows or fewer.
 */
export async function manifoldOf(rows: Rows, size: number, k = 3): Promise<Manifold> {
  const n = rows.length / size;
  if (n <= k) {
    throw new EightfoldError(
      'argument',
      `manifoldOf: expected more than k = ${k} rows, got ${n}. Give more, or a smaller k.`,
    );
  }
  const placed = place(rows, size, meanRow(rows, size));
  const blocks = Math.min(k + 1, Math.ceil(n / BLOCK)); // itself is one of the nearest
  const radii = new Float64Array(n);
  await byParts(
    placed,
    rowsBeside(placed),
    (part) => ({ near: topK(neg(transpose(blockDistances(part, placed))), blocks).indices }),
    ({ near }, start) => {
      for (let at = 0; at < near.length; at += blocks) {
        const row = start + at / blocks;
        const { squared } = closest(rows, row, rows, near.subarray(at, at + blocks), size, k + 1);
        radii[row] = squared[k];
      }
    },
  );
  placed.dispose();
  return { rows, size, k, radii };
}

/**
 * How the manifolds of real rows and of fakes cover each other: precision and recall of Kynkäänniemi et al.
 * 2019, arXiv 1904.06991, eq. 2 and 3; density and coverage of Naeem et al. 2020, arXiv 2002.09797.
 * A row at a distance that float32 cannot tell from the radius lies on the ball, not within it.
 */
export async function coverageOf(real: Manifold, fake: Manifold): Promise<Coverage> {
  const { size, k } = real;
  const centre = meanRow(real.rows, size);
  const [x, y] = [place(real.rows, size, centre), place(fake.rows, size, centre)];
  const [ofReal, ofFake] = [real, fake].map(({ radii }) => variable(Float32Array.from(radii)));
  const balls = new Float64Array(y.n); // of real rows that hold each fake
  let [recalled, covered] = [0, 0];
  await byParts(
    x,
    rowsBeside(y),
    ({ at, ...part }) => ({
      ...ballCounts({ ...part, radii: gather(ofReal, at) }, { ...y, radii: ofFake }, slackOf(size)),
    }),
    ({ members, holders, holding }) => {
      covered += count(members);
      recalled += count(holders);
      holding.forEach((count, j) => {
        balls[j] += count;
      });
    },
  );
  for (const held of [x, y, ofReal, ofFake]) held.dispose();
  return {
    precision: count(balls) / y.n,
    recall: recalled / x.n,
    density: total(balls) / (k * y.n),
    coverage: covered / x.n,
  };
}

/** How many are not 0. */
const count = (numbers: ArrayLike<number>) => Array.from(numbers).filter((n) => n > 0).length;

/** `coverageOf` of two samples of rows of `size` numbers. Throws for k rows or fewer. */
export async function precisionRecall(
  real: Rows,
  fake: Rows,
  size: number,
  k = 3,
): Promise<Coverage> {
  // One is looked at on the host while the GPU has the other.
  const [a, b] = await Promise.all([manifoldOf(real, size, k), manifoldOf(fake, size, k)]);
  return coverageOf(a, b);
}

/** For each row, which one of others is nearest, and its distance. */
export interface Nearest {
  index: Uint32Array;
  distance: Float64Array;
}

/** The row of `among` that is nearest to each of `rows`, of `size` numbers, and how far it is. */
export async function nearest(rows: Rows, among: Rows, size: number): Promise<Nearest> {
  const centre = meanRow(among, size);
  const [x, y] = [place(rows, size, centre), place(among, size, centre)];
  const index = new Uint32Array(x.n);
  const distance = new Float64Array(x.n);
  await byParts(
    x,
    rowsBeside(y),
    (part) => ({ blocks: argmin(blockDistances(part, y), 0) }),
    ({ blocks }, start) => {
      blocks.forEach((block, i) => {
        const { places, squared } = closest(rows, start + i, among, [block], size, 1);
        index[start + i] = places[0];
        distance[start + i] = Math.sqrt(squared[0]);
      });
    },
  );
  for (const held of [x, y]) held.dispose();
  return { index, distance };
}

/**
 * Share of rows that lie within `radius` of a training row: copies, where the radius is one below which no
 * two examples of the data should be (0: the same numbers). It is to be held against that of test rows.
 */
export async function copyRate(
  rows: Rows,
  training: Rows,
  size: number,
  radius = 0,
): Promise<number> {
  const { distance } = await nearest(rows, training, size);
  return distance.filter((d) => d <= radius).length / distance.length;
}
