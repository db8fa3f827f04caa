import { currentGpu, matmul, type Tensor, tensor } from '../../engine/index.ts';
import type { Rows } from './distance.ts';
import { frechet, type Gaussian } from './gaussian.ts';
import { meanRow } from './pairs.ts';

/** Rows whose products are added up in float32; their sums are added in float64. */
const CHUNK = 1024;
/** Numbers that go to the GPU together, about. */
const NUMBERS = 2 ** 24;
/** Panels of columns, at most: of p² pairs the p (p + 1) / 2 on and above the diagonal are multiplied. */
const PANELS = 4;

/**
 * The mean and covariance of rows of `size` numbers, multiplied out on the GPU. The mean is of float64;
 * covariance i, j is off by some 10⁻⁷ σᵢ σⱼ, and by √1024 2⁻²⁴ σᵢ σⱼ at most in practice.
 */
export async function gaussianOf(rows: Rows, size: number): Promise<Gaussian> {
  const n = rows.length / size;
  const mean = meanRow(rows, size);
  const covariance = new Float64Array(size * size);
  const width = 16 * Math.ceil(size / PANELS / 16);
  const starts = Array.from({ length: Math.ceil(size / width) }, (_, i) => i * width);
  const pairs = starts.flatMap((a, i) => starts.slice(i).map((b, j) => ({ a, b, i, j: i + j })));
  const products = currentGpu().step((...panels: Tensor[]) =>
    pairs.map(({ i, j }) => matmul(panels[i], panels[j], { ta: true })),
  );
  const most = CHUNK * Math.max(1, Math.floor(NUMBERS / CHUNK / size));
  for (let first = 0; first < n; first += most) {
    const last = Math.min(n, first + most);
    const panels = starts.map((start) => panelOf(rows, mean, { first, last, start, width }));
    const sums = await Promise.all(products(...panels).map((t) => t.data()));
    pairs.forEach(({ a, b }, at) => {
      addBlock(covariance, size, { a, b, width }, sums[at]);
    });
  }
  products.dispose();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[j * size + i] / (n - 1);
      covariance[j * size + i] = value;
      covariance[i * size + j] = value;
    }
  }
  return { size, n, mean, covariance };
}

/** Rows and columns of one panel. */
interface Panel {
  first: number;
  last: number;
  start: number;
  width: number;
}

/** Columns of rows less their mean, in chunks [chunks, rows, width]; zeros fill up the last of both. */
function panelOf(rows: Rows, mean: Float64Array, { first, last, start, width }: Panel): Tensor {
  const size = mean.length;
  const n = last - first;
  const chunks = Math.ceil(n / CHUNK);
  const each = chunks > 1 ? CHUNK : 4 * Math.ceil(n / 4);
  const panel = new Float32Array(chunks * each * width);
  const end = Math.min(size, start + width);
  for (let r = 0; r < n; r++) {
    const [from, to] = [(first + r) * size, r * width - start];
    for (let i = start; i < end; i++) panel[to + i] = rows[from + i] - mean[i];
  }
  return tensor(panel, [chunks, each, width]);
}

/** Adds products of all chunks of two panels, [chunks, width, width], to the matrix at (a, b). */
function addBlock(
  matrix: Float64Array,
  size: number,
  { a, b, width }: { a: number; b: number; width: number },
  products: ArrayLike<number>,
): void {
  const [rows, columns] = [Math.min(width, size - a), Math.min(width, size - b)];
  for (let start = 0; start < products.length; start += width * width) {
    for (let i = 0; i < rows; i++) {
      const [from, to] = [start + i * width, (a + i) * size + b];
      for (let j = 0; j < columns; j++) matrix[to + j] += products[from + j];
    }
  }
}

/** `frechet` of the Gaussians fitted to two samples of rows of `size` numbers. */
export async function frechetDistance(x: Rows, y: Rows, size: number): Promise<number> {
  const [a, b] = await Promise.all([gaussianOf(x, size), gaussianOf(y, size)]);
  return frechet(a, b);
}
