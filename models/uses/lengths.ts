/** A whole number in bytes of 7 bits, the lowest first; the eighth says that more follow (LEB128). */
export function packWhole(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...packWhole(Math.floor(value / 128))];
}

/** Reads whole numbers off the front of bytes. */
export function wholes(bytes: Uint8Array) {
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('compress: the file ends in its head. It is damaged.');
    return byte < 128 ? byte : byte - 128 + 128 * next();
  };
  return { next, rest: () => bytes.subarray(at) };
}

/** Lengths as runs of equal ones: how many runs, then number and length of each. */
export function packLengths(lengths: readonly number[]): number[] {
  const runs: [count: number, length: number][] = [];
  for (const length of lengths) {
    const last = runs.at(-1);
    if (last?.[1] === length) last[0]++;
    else runs.push([1, length]);
  }
  return [runs.length, ...runs.flat()].flatMap(packWhole);
}

/** Reads what packLengths wrote. */
export function takeLengths(next: () => number): number[] {
  const runs = Array.from({ length: next() }, () => [next(), next()]);
  return runs.flatMap(([count, length]) => Array<number>(count).fill(length));
}
