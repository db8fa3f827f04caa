import { type Rows, squaredDistance } from './distance.ts';
import { symmetricEigenvalues } from './eigen.ts';

/**
 * Fréchet distance |m − n|² + tr(A + B − 2 (A B)^½) of the Gaussians fitted to two sets of rows of `size`
 * numbers, with covariances A and B divided by n − 1. Source: Heusel et al. 2017, arXiv 1706.08500, eq. 6,
 * there of features of a network. With A = L Lᵀ the root has the trace of (Lᵀ B L)^½, which is symmetric,
 * so singular covariances do no harm.
 */
export function frechetDistance(x: Rows, y: Rows, size: number): number {
  const [a, b] = [moments(x, size), moments(y, size)];
  const distance = a.mean.reduce((sum, m, i) => sum + (m - b.mean[i]) ** 2, 0);
  const trace = (c: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += c[i * size + i];
    return sum;
  };
  const roots = symmetricEigenvalues(
    congruent(cholesky(a.covariance, size), b.covariance, size),
    size,
  );
  const root = roots.reduce((sum, w) => sum + Math.sqrt(Math.max(0, w)), 0);
  return distance + trace(a.covariance) + trace(b.covariance) - 2 * root;
}

function moments(rows: Rows, size: number) {
  const n = rows.length / size;
  const mean = new Float64Array(size);
  rows.forEach((v, i) => {
    mean[i % size] += v / n;
  });
  const covariance = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < size; i++) centred[i] = rows[r * size + i] - mean[i];
    for (let i = 0; i < size; i++) {
      if (centred[i] === 0) continue;
      for (let j = 0; j <= i; j++) covariance[i * size + j] += centred[i] * centred[j];
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * size + j] / (n - 1);
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
  }
  return { mean, covariance };
}

/** Lower triangle L with L Lᵀ = A; directions in which A has nothing are left out. */
function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, a[i * n + i]);
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j];
    for (let k = 0; k < j; k++) pivot -= l[j * n + k] ** 2;
    if (pivot <= 1e-12 * most) continue;
    l[j * n + j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = sum / l[j * n + j];
    }
  }
  return l;
}

/** Lᵀ B L for a lower triangle L and a symmetric B. */
function congruent(l: Float64Array, b: Float64Array, n: number): Float64Array {
  const bl = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = b[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j <= k; j++) bl[i * n + j] += factor * l[k * n + j];
    }
  }
  const result = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = l[k * n + i];
      for (let j = 0; j < n; j++) result[i * n + j] += factor * bl[k * n + j];
    }
  }
  return result;
}

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
 * Precision and recall of `fake` rows of `size` numbers against `real` ones: the manifold of a set is the
 * union of the balls around its rows that reach their k-th nearest neighbour (Kynkäänniemi et al. 2019,
 * arXiv 1904.06991, eq. 2 and 3); density and coverage of Naeem et al. 2020, arXiv 2002.09797.
 */
export function precisionRecall(real: Rows, fake: Rows, size: number, k = 3): Coverage {
  const [realRadii, fakeRadii] = [radii(real, size, k), radii(fake, size, k)];
  const [n, m] = [real.length / size, fake.length / size];
  const precise = new Uint8Array(m);
  let [recalled, covered, balls] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    let [within, nearest] = [false, Infinity];
    for (let j = 0; j < m; j++) {
      const d = squaredDistance(real, i * size, fake, j * size, size);
      if (d < realRadii[i]) {
        precise[j] = 1;
        balls++;
      }
      if (d < fakeRadii[j]) within = true;
      if (d < nearest) nearest = d;
    }
    if (within) recalled++;
    if (nearest < realRadii[i]) covered++;
  }
  return {
    precision: precise.reduce((a, b) => a + b, 0) / m,
    recall: recalled / n,
    density: balls / (k * m),
    coverage: covered / n,
  };
}

/** Squared distance of each row to its k-th nearest other one. */
function radii(rows: Rows, size: number, k: number): Float64Array {
  const n = rows.length / size;
  return Float64Array.from({ length: n }, (_, i) => {
    const near = new Array<number>(k).fill(Infinity); // rising
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const d = squaredDistance(rows, i * size, rows, j * size, size);
      if (d >= near[k - 1]) continue;
      let place = k - 1;
      while (place > 0 && near[place - 1] > d) {
        near[place] = near[place - 1];
        place--;
      }
      near[place] = d;
    }
    return near[k - 1];
  });
}

/**
 * exp E KL(p(y|x) ‖ p(y)) of class probabilities [n, K], from 1 to K: the Inception Score of T. Salimans
 * et al., Improved Techniques for Training GANs, 2016, arXiv 1606.03498, section 4, where the classifier
 * is an Inception network. Here it is whose probabilities are given.
 */
export function classifierScore(p: Rows, K: number): number {
  const n = p.length / K;
  const marginal = new Float64Array(K);
  for (let i = 0; i < p.length; i++) marginal[i % K] += p[i] / n;
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    if (p[i] > 0) divergence += (p[i] * Math.log(p[i] / marginal[i % K])) / n;
  }
  return Math.exp(divergence);
}

/** Part of rows with probabilities [n, K] whose likeliest class is the one given. */
export function accuracy(p: Rows, labels: ArrayLike<number>, K: number): number {
  const likeliest = (row: Rows) => row.indexOf(Math.max(...row));
  const right = Array.from(labels).filter(
    (label, i) => likeliest(p.subarray(i * K, (i + 1) * K)) === label,
  );
  return right.length / labels.length;
}
