/** Numbers in [-1, 1] with an outlier of up to 30 in eleven, the same each time. */
export const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7) * (i % 11 === 5 ? 30 : 1));
