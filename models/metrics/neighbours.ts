import {
  add,
  argmin,
  cast,
  gather,
  less,
  max,
  neg,
  reshape,
  sum,
  topK,
  variable,
} from '../../engine/index.ts';
import { EightfoldError } from '../../engine/errors.ts';
import { total } from '../chunks.ts';
import { type Rows, squaredDistance } from './distance.ts';
import { byBlocks, meanRow, place } from './pairs.ts';

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
 * neighbours are found on the GPU, their distances are taken in float64. Throws for k rows or fewer.
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
  const radii = new Float64Array(n);
  await byBlocks(
    placed,
    placed,
    ({ squared }) => ({ indices: topK(neg(squared), k + 1).indices }), // itself is one of them
    ({ indices }, start) => {
      for (let at = 0; at < indices.length; at += k + 1) {
        const row = start + at / (k + 1);
        const distances = Float64Array.from(indices.subarray(at, at + k + 1), (other) =>
          squaredDistance(rows, row * size, rows, other * size, size),
        );
        radii[row] = distances.sort()[k];
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
  await byBlocks(
    x,
    y,
    ({ rows, squared, slack }) => {
      const surely = add(squared, slack);
      const radii = reshape(gather(ofReal, rows), [rows.size, 1]);
      const inReal = cast(less(surely, radii), 'f32');
      const inFake = cast(less(surely, ofFake), 'f32');
      return { balls: sum(inReal, 0), covered: max(inReal, 1), recalled: max(inFake, 1) };
    },
    (found) => {
      found.balls.forEach((count, j) => {
        balls[j] += count;
      });
      recalled += total(found.recalled);
      covered += total(found.covered);
    },
  );
  for (const held of [x, y, ofReal, ofFake]) held.dispose();
  return {
    precision: balls.filter((count) => count > 0).length / y.n,
    recall: recalled / x.n,
    density: total(balls) / (k * y.n),
    coverage: covered / x.n,
  };
}

/** `coverageOf` of two samples of rows of `size` numbers. Throws for k rows or fewer. */
export async function precisionRecall(
  real: Rows,
  fake: Rows,
  size: number,
  k = 3,
): Promise<Coverage> {
  return coverageOf(await manifoldOf(real, size, k), await manifoldOf(fake, size, k));
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
  await byBlocks(
    x,
    y,
    ({ squared }) => ({ places: argmin(squared, 1) }),
    ({ places }, start) => index.set(places, start),
  );
  for (const held of [x, y]) held.dispose();
  const distance = Float64Array.from(index, (j, i) =>
    Math.sqrt(squaredDistance(rows, i * size, among, j * size, size)),
  );
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
