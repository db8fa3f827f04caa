/** A matrix [S, S] of transition probabilities, row-major: row i holds where state i goes. */
export type Matrix = Float64Array<ArrayBuffer>;

/** What noise does to a symbol. */
export type Noise = 'uniform' | 'absorbing' | 'gaussian';

/** The transition matrices of T steps in float64. */
export interface Transitions {
  /** States S: the V symbols, and where noise masks them the mask. */
  readonly states: number;
  /** T. */
  readonly steps: number;
  /** Q_(s+1) ... Q_t, of 0 ≤ s ≤ t ≤ T: the identity for s = t. */
  between(s: number, t: number): Matrix;
  /** What symbols have become at time T, as p(x_T) has it: [S]. */
  readonly end: Float64Array<ArrayBuffer>;
}

/** How strong Gaussian noise is at the first and the last step. */
export interface Strength {
  betaFirst: number;
  betaLast: number;
}

/**
 * The transitions of D3PM (J. Austin et al. 2021, arXiv 2107.03006, appendix A.2). Uniform noise keeps
 * ᾱ_t = cos²(π t / 2T) in t steps (E. Hoogeboom et al. 2021, arXiv 2102.05379), absorbing noise 1 − t / T
 * by β_t = 1 / (T − t + 1), and the strength β_t of Gaussian noise grows in a straight line.
 */
export function transitionsOf(
  noise: Noise,
  symbols: number,
  steps: number,
  { betaFirst, betaLast }: Strength,
): Transitions {
  const states = noise === 'absorbing' ? symbols + 1 : symbols;
  const one = (t: number): Matrix => {
    if (noise === 'uniform') return uniformMatrix(states, kept(t, steps) / kept(t - 1, steps));
    if (noise === 'absorbing') return absorbingMatrix(states, 1 - 1 / (steps - t + 1));
    const way = steps > 1 ? (t - 1) / (steps - 1) : 0;
    return gaussianMatrix(states, betaFirst + way * (betaLast - betaFirst));
  };
  const through = (from: Matrix, s: number, t: number): Matrix => {
    let product = from;
    for (let step = s + 1; step <= t; step++) product = times(product, one(step), states);
    return product;
  };
  const cumulative = [identity(states)];
  for (let t = 1; t <= steps; t++) cumulative.push(through(cumulative[t - 1], t - 1, t));
  return {
    states,
    steps,
    between: (s, t) => (s === 0 ? cumulative[t] : through(cumulative[0], s, t)),
    end:
      noise === 'absorbing'
        ? Float64Array.from({ length: states }, (_, state) => Number(state === symbols))
        : new Float64Array(states).fill(1 / states),
  };
}

/** ᾱ_t of uniform noise; nothing is kept at time T. */
const kept = (t: number, steps: number): number =>
  t === steps ? 0 : Math.cos((Math.PI / 2) * (t / steps)) ** 2;

const matrix = (states: number, at: (i: number, j: number) => number): Matrix =>
  Float64Array.from({ length: states ** 2 }, (_, k) => at(Math.floor(k / states), k % states));

const identity = (states: number): Matrix => matrix(states, (i, j) => Number(i === j));

/** keep · I + (1 − keep) / S · 1 1ᵀ */
export const uniformMatrix = (states: number, keep: number): Matrix =>
  matrix(states, (i, j) => keep * Number(i === j) + (1 - keep) / states);

/** keep · I + (1 − keep) 1 e_mᵀ, m being the last state. */
export const absorbingMatrix = (states: number, keep: number): Matrix =>
  matrix(states, (i, j) => keep * Number(i === j) + (1 - keep) * Number(j === states - 1));

/**
 * Off the diagonal a discretised Gaussian, e^(−4 d² / ((S − 1)² β)) at distance d, divided by its sum over
 * d = −(S − 1) ... S − 1; on the diagonal the rest. Rows and columns have sum 1, so it mixes to uniform.
 */
export function gaussianMatrix(states: number, beta: number): Matrix {
  const weight = (d: number) => Math.exp((-4 * d * d) / ((states - 1) ** 2 * beta));
  let total = 0;
  for (let d = 1 - states; d < states; d++) total += weight(d);
  const away = matrix(states, (i, j) => (i === j ? 0 : weight(i - j) / total));
  return matrix(states, (i, j) => {
    if (i !== j) return away[i * states + j];
    return 1 - away.subarray(i * states, (i + 1) * states).reduce((a, b) => a + b, 0);
  });
}

/** The product of two matrices. */
export function times(a: Matrix, b: Matrix, states: number): Matrix {
  const product = new Float64Array(states ** 2);
  for (let i = 0; i < states; i++) {
    for (let k = 0; k < states; k++) {
      const factor = a[i * states + k];
      if (factor === 0) continue;
      for (let j = 0; j < states; j++) product[i * states + j] += factor * b[k * states + j];
    }
  }
  return product;
}
