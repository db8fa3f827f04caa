/** The high and low word of a 64-bit product. */
function wide(a: number, b: number): [number, number] {
  const low = (a & 0xffff) * (b & 0xffff);
  const cross = (a >>> 16) * (b & 0xffff) + (low >>> 16);
  const carry = (a & 0xffff) * (b >>> 16) + (cross % 65536);
  const high = (a >>> 16) * (b >>> 16) + Math.floor(cross / 65536) + Math.floor(carry / 65536);
  return [high >>> 0, Math.imul(a, b) >>> 0];
}

/**
 * Philox4x32-10: four random words from a counter of four words and a key of two, the same bits as
 * the random kernels. Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [a, b, c, d] = counter;
  let [k, l] = key;
  for (let round = 0; round < 10; round++) {
    const [leftHigh, leftLow] = wide(0xd2511f53, a);
    const [rightHigh, rightLow] = wide(0xcd9e8d57, c);
    [a, b, c, d] = [rightHigh ^ b ^ k, rightLow, leftHigh ^ d ^ l, leftLow].map((w) => w >>> 0) as [
      number,
      number,
      number,
      number,
    ];
    k = (k + 0x9e3779b9) >>> 0;
    l = (l + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}
