/** Lengths of vectors [n, 2]. */
export const sizesOf = (vectors: Float32Array): number[] =>
  Array.from({ length: vectors.length / 2 }, (_, i) =>
    Math.hypot(vectors[2 * i], vectors[2 * i + 1]),
  );

/** The value below which a part of all lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(part * (sorted.length - 1))];
}
