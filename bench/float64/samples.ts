/** Squared distance of row i of x and row j of y, rows of `size` numbers. */
function squaredDistance(x: Float32Array, i: number, y: Float32Array, j: number, size: number) {
  let sum = 0;
  for (let d = 0; d < size; d++) {
    const difference = x[i * size + d] - y[j * size + d];
    sum += difference * difference;
  }
  return sum;
}

/** Squared distance of each row to its k-th nearest other one. */
function radii(rows: Float32Array, size: number, k: number): Float64Array {
  const n = rows.length / size;
  return Float64Array.from({ length: n }, (_, i) => {
    const near = new Array<number>(k).fill(Infinity); // rising
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const d = squaredDistance(rows, i, rows, j, size);
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
 * Precision, recall, density and coverage of fakes against real rows of `size` numbers, in float64, the
 * way a person would write it.
 */
export function coverage(real: Float32Array, fake: Float32Array, size: number, k: number) {
  const [ofReal, ofFake] = [radii(real, size, k), radii(fake, size, k)];
  const [n, m] = [real.length / size, fake.length / size];
  const precise = new Uint8Array(m);
  let [recalled, covered, balls] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    let [inFake, inReal] = [false, false];
    for (let j = 0; j < m; j++) {
      const d = squaredDistance(real, i, fake, j, size);
      if (d < ofReal[i]) {
        precise[j] = 1;
        balls++;
        inReal = true;
      }
      if (d < ofFake[j]) inFake = true;
    }
    if (inFake) recalled++;
    if (inReal) covered++;
  }
  return {
    precision: precise.reduce((a, b) => a + b, 0) / m,
    recall: recalled / n,
    density: balls / (k * m),
    coverage: covered / n,
  };
}

/** Mean and covariance, over n − 1, of rows of `size` numbers in float64. */
export function moments(rows: Float32Array, size: number) {
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

/** Means over pairs of rows that three distances between samples are made of, in float64. */
export function kernelMeans(
  x: Float32Array,
  y: Float32Array,
  size: number,
  scales: readonly number[],
) {
  const [n, m] = [x.length / size, y.length / size];
  const sums = { energyDistance: 0, mmd2: 0, kid: 0 };
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      if (x === y && i === j) continue;
      const d = squaredDistance(x, i, y, j, size);
      let product = 0;
      for (let c = 0; c < size; c++) product += x[i * size + c] * y[j * size + c];
      sums.energyDistance += Math.sqrt(d);
      for (const s of scales) sums.mmd2 += Math.exp(-d / (2 * s * s)) / scales.length;
      sums.kid += (product / size + 1) ** 3;
      pairs++;
    }
  }
  return {
    energyDistance: sums.energyDistance / pairs,
    mmd2: sums.mmd2 / pairs,
    kid: sums.kid / pairs,
  };
}
