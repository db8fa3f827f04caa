/** Φ(x), the probability that a standard normal is at most x; within 1e-15, and without gaps. */
export function normalCdf(x: number): number {
  if (x === -Infinity || x === Infinity) return x > 0 ? 1 : 0;
  const beyond = upperTail(Math.abs(x));
  return x > 0 ? 1 - beyond : beyond;
}

/** 1 − Φ(x) for x ≥ 0: the series of Φ near 0, Laplace's continued fraction far away. */
function upperTail(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (x < 4) {
    let [term, sum] = [x, x]; // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + ...)
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = x; // 1 / (x + 1 / (x + 2 / (x + 3 / ...)))
  for (let k = 60; k >= 1; k--) fraction = x + k / fraction;
  return density / fraction;
}

/** The x with Φ(x) = p, for 0 ≤ p ≤ 1, by bisection. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  let [low, high] = [-40, 40];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
