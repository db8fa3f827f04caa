import {
  add,
  div,
  exp,
  gather,
  less,
  mul,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
  variable,
  where,
} from '../../engine/index.ts';
import { total } from '../chunks.ts';
import { type Rows, squaredDistance } from './distance.ts';
import { byBlocks, meanRow, place } from './pairs.ts';

/** How far two samples are from being one: 0 for equal laws, about; unbiased, so perhaps below 0. */
export interface TwoSample {
  /** 2 E|x − y| − E|x − x'| − E|y − y'|. */
  energyDistance: number;
  /** Squared maximum mean discrepancy of Gaussian kernels. */
  mmd2: number;
  /** That of the kernel (x·y / size + 1)³. */
  kid: number;
}

type Kernels = Record<keyof TwoSample, number>;

/** A sample, and what its own pairs say: so much of a comparison needs to be done once. */
export interface Side {
  rows: Rows;
  size: number;
  /** Scales of the Gaussian kernels. */
  scales: readonly number[];
  /** Means over pairs of two different rows, of distances and both kernels. */
  within: Kernels;
}

/**
 * Half, once and twice the median distance between rows of `size` numbers, among 500 of them: scales of
 * Gaussian kernels that suit them (Gretton et al. 2012, section 8, take the median).
 */
export function medianScales(rows: Rows, size: number): number[] {
  const n = rows.length / size;
  const apart = Math.max(1, Math.floor(n / 500));
  const distances: number[] = [];
  for (let i = 0; i < n; i += apart) {
    for (let j = 0; j < i; j += apart) {
      distances.push(Math.sqrt(squaredDistance(rows, i * size, rows, j * size, size)));
    }
  }
  distances.sort((a, b) => a - b);
  const median = distances[distances.length >> 1] || 1;
  return [median / 2, median, 2 * median];
}

/** What the pairs within a sample of rows of `size` numbers say. The mean over kernels of all scales. */
export async function sideOf(rows: Rows, size: number, scales: readonly number[]): Promise<Side> {
  const n = rows.length / size;
  const sums = await kernelSums(rows, rows, size, scales);
  let cubes = 0; // the diagonal, where distances are 0 and Gaussian kernels 1
  for (let start = 0; start < rows.length; start += size) {
    let product = 0;
    for (let i = start; i < start + size; i++) product += rows[i] ** 2;
    cubes += (product / size + 1) ** 3;
  }
  const own = { energyDistance: 0, mmd2: n, kid: cubes };
  return { rows, size, scales, within: over(sums, (s, name) => (s - own[name]) / (n * (n - 1))) };
}

/**
 * Energy distance (Székely and Rizzo 2013, section 5), squared MMD (Gretton et al., JMLR 2012, eq. 3) and
 * kernel distance KID (Bińkowski et al. 2018, arXiv 1801.01401, section 4) of two samples, as U-statistics.
 */
export async function compareSides(x: Side, y: Side): Promise<TwoSample> {
  const { size, scales } = x;
  const sums = await kernelSums(x.rows, y.rows, size, scales);
  const pairs = (x.rows.length / size) * (y.rows.length / size);
  return over(sums, (between, name) => {
    const gap = x.within[name] + y.within[name] - (2 * between) / pairs;
    return name === 'energyDistance' ? -gap : gap; // a distance is least where a kernel is largest
  });
}

/** `compareSides` of real rows and fakes, with kernels of the scales that suit the real ones. */
export async function twoSample(real: Rows, fake: Rows, size: number): Promise<TwoSample> {
  const scales = medianScales(real, size);
  return compareSides(await sideOf(real, size, scales), await sideOf(fake, size, scales));
}

/** Sums over all pairs of a row of x and one of y: of rows in float32, of those in float64. */
async function kernelSums(x: Rows, y: Rows, size: number, scales: readonly number[]) {
  const centre = meanRow(x, size);
  const [a, b] = [place(x, size, centre), place(y, size, centre)];
  // x·y of rows as they are is the product of the moved ones, and c·x + c·y − c·c.
  const ofX = variable(Float32Array.from(along(x, centre, centre)));
  const ofY = variable(Float32Array.from(along(y, centre)));
  const sums: Kernels = { energyDistance: 0, mmd2: 0, kid: 0 };
  await byBlocks(
    a,
    b,
    ({ at, squared, products, slack }) => {
      const apart = where(less(squared, slack), 0, squared); // as of a row and itself
      const along = add(reshape(gather(ofX, at), [at.size, 1]), ofY);
      const one = add(div(add(products, along), size), 1);
      return {
        energyDistance: sum(sqrt(apart), 1),
        mmd2: sum(gaussians(apart, scales), 1),
        kid: sum(mul(square(one), one), 1),
      };
    },
    (found) => {
      for (const name of ['energyDistance', 'mmd2', 'kid'] as const) {
        sums[name] += total(found[name]);
      }
    },
  );
  for (const held of [a, b, ofX, ofY]) held.dispose();
  return sums;
}

/** The product of each row, less `from`, with a direction. */
function along(rows: Rows, direction: Float64Array, from?: Float64Array): Float64Array {
  const size = direction.length;
  const products = new Float64Array(rows.length / size);
  for (let i = 0; i < rows.length; i++) {
    const d = i % size;
    products[(i - d) / size] += (rows[i] - (from?.[d] ?? 0)) * direction[d];
  }
  return products;
}

/** The mean of exp(−d² / 2s²) over scales s. */
const gaussians = (squared: Tensor, scales: readonly number[]) =>
  div(
    scales.map((s) => exp(div(squared, -2 * s * s))).reduce((a, b) => add(a, b)),
    scales.length,
  );

/** Something of each of the three sums. */
const over = (sums: Kernels, of: (sum: number, name: keyof Kernels) => number): TwoSample => ({
  energyDistance: of(sums.energyDistance, 'energyDistance'),
  mmd2: of(sums.mmd2, 'mmd2'),
  kid: of(sums.kid, 'kid'),
});
