/** Random numbers on the host: float64, the same on every machine. */
export interface Random {
  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/**
 * The random stream number `stream` of `seed`: Philox4x32-10 with that key and a counter that
 * grows by one for each four words. Source: Salmon et al., Parallel random numbers: as easy as
 * 1, 2, 3 (SC 2011).
 */
export function philox(seed: number, stream: number): Random {
  let counter = 0;
  let words: number[] = [];
  const word = () => {
    if (words.length === 0) {
      words = block([counter >>> 0, Math.floor(counter / 2 ** 32), 0, 0], [seed, stream]);
      counter++;
    }
    return words.shift() as number;
  };
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  let spare: number | null = null;
  return {
    uniform,
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Ten rounds of Philox4x32 on one counter. */
export function block(counter: number[], key: number[]): number[] {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, a);
    const [high1, low1] = multiply(0xcd9e8d57, c);
    [a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** The high and low word of the 64-bit product of two words. */
function multiply(x: number, y: number): [number, number] {
  const low = Math.imul(x, y) >>> 0;
  const x0 = x & 0xffff;
  const x1 = x >>> 16;
  const y0 = y & 0xffff;
  const y1 = y >>> 16;
  const middle = x1 * y0 + Math.floor((x0 * y0) / 65536);
  const cross = x0 * y1 + (middle % 65536);
  return [x1 * y1 + Math.floor(middle / 65536) + Math.floor(cross / 65536), low];
}
