// What the lanes of a subgroup ask of memory together in one instruction, as NVIDIA's CUDA C++ Best
// Practices Guide describes it: sectors of 32 bytes in lines of 128 of global memory, 32 banks of 4
// bytes of shared memory. All addresses are in words of 4 bytes; a lane at -1 takes no part.

/** Lanes of a subgroup. */
export const LANES = 32;
/** Words of a sector and of a line. */
export const SECTOR = 8;
export const LINE = 32;
const BANKS = 32;

/** What one instruction touches of global memory. */
export interface Touched {
  /** Distinct words. */
  words: number;
  sectors: number;
  lines: number;
}

/** Counts words, sectors and lines of accesses of `size` words at `starts`. */
export function touchedBy(starts: Int32Array, size: number): Touched {
  const found: Touched = { words: 0, sectors: 0, lines: 0 };
  const sorted = starts.slice().sort();
  const upTo = { words: -1, sectors: -1, lines: -1 }; // the last that was counted
  const count = (unit: keyof Touched, from: number, to: number) => {
    found[unit] += Math.max(0, to - Math.max(from - 1, upTo[unit]));
    upTo[unit] = Math.max(upTo[unit], to);
  };
  for (const from of sorted) {
    if (from < 0) continue;
    const to = from + size - 1;
    count('words', from, to);
    count('sectors', Math.floor(from / SECTOR), Math.floor(to / SECTOR));
    count('lines', Math.floor(from / LINE), Math.floor(to / LINE));
  }
  return found;
}

/**
 * Degrees of the bank conflicts of accesses of `size` words (1, 2 or 4) at `starts`, one for each
 * phase: all lanes together for 4 bytes, halves for 8, quarters for 16. 1 is no conflict: a word
 * that several lanes read is read once.
 */
export function bankDegrees(starts: Int32Array, size: number): number[] {
  const degrees: number[] = [];
  const banks = new Int32Array(BANKS);
  const lanes = LANES / size;
  for (let first = 0; first < LANES; first += lanes) {
    banks.fill(0);
    let worst = 0;
    for (let lane = first; lane < first + lanes; lane++) {
      const start = starts[lane];
      if (start < 0 || starts.indexOf(start, first) < lane) continue;
      for (let word = start; word < start + size; word++) {
        worst = Math.max(worst, ++banks[word % BANKS]);
      }
    }
    if (worst > 0) degrees.push(worst);
  }
  return degrees;
}
