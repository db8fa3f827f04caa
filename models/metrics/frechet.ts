import { currentGpu, matmul, type Tensor, tensor } from '../../engine/index.ts';
import type { Rows } from './distance.ts';
import { frechet, type Gaussian } from './gaussian.ts';
import { meanRow, moved } from './pairs.ts';

/** Rows whose products a step adds up in float32; the sums of steps are added in float64. */
const ROWS = 1024;
/**
 * The mean and covariance of rows of `size` numbers, multiplied out on the GPU. The mean is of float64;
 * covariance i, j is off by some 10⁻⁷ σᵢ σⱼ, and by √1024 2⁻²⁴ σᵢ σⱼ at most in practice.
 */
export async function gaussianOf(rows: Rows, size: number): Promise<Gaussian> {
  const n = rows.length / size;
  const mean = meanRow(rows, size);
  const covariance = new Float64Array(size * size);
  const products = currentGpu().step((x: Tensor) => matmul(x, x, { ta: true }));
  for (let start = 0; start < rows.length; start += ROWS * size) {
    const end = Math.min(rows.length, start + ROWS * size);
    const x = tensor(moved(rows, mean, start, end), [(end - start) / size, size]);
    const sums = await products(x).data();
    for (let i = 0; i < sums.length; i++) covariance[i] += sums[i] / (n - 1);
  }
  products.dispose();
  return { size, n, mean, covariance };
}

/** `frechet` of the Gaussians fitted to two samples of rows of `size` numbers. */
export async function frechetDistance(x: Rows, y: Rows, size: number): Promise<number> {
  return frechet(await gaussianOf(x, size), await gaussianOf(y, size));
}
