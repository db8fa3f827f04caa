/** How rows spread over things that should get equally many: modes of a mixture, classes. */
export interface Spread {
  /** Those that got at least a fifth of their fair share of all n. */
  covered: number;
  /**
   * KL divergence of the shares of those that fell to one from equal shares, nats, from 0 to ln K. In the
   * reverse direction, KL(model ‖ data): finite for modes without a row. Source: Srivastava et al., VEEGAN
   * (2017), arXiv 1705.07761, section 4.1, after Metz et al. 2017.
   */
  reverseKl: number;
}

/** The spread of n rows of which `hits[k]` fell to thing k. */
export function spreadOf(hits: ArrayLike<number>, n: number): Spread {
  const counts = Array.from(hits);
  const all = counts.reduce((a, b) => a + b, 0);
  const shares = counts.map((h) => h / Math.max(1, all)).filter((p) => p > 0);
  return {
    covered: counts.filter((h) => h >= (0.2 * n) / counts.length).length,
    reverseKl: shares.reduce((kl, p) => kl + p * Math.log(p * counts.length), 0),
  };
}

/** How many of `labels` there are of each of K classes. */
export function countsOf(labels: ArrayLike<number>, K: number): Float64Array {
  const counts = new Float64Array(K);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}
