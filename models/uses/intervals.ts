/** Probabilities are whole numbers of 2^-24. */
export const WHOLE = 2 ** 24;

/** The part of [0, 2^24) that belongs to a symbol. */
export interface Interval {
  start: number;
  /** At least 1. */
  size: number;
}

/** Intervals of the symbols 0..count-1, in order, without gaps: start i is at [i], 2^24 at [count]. */
export type Table = Float64Array;

/**
 * The table of symbols with these probabilities, which need not sum to one: each gets at least 2^-24
 * and its share of the rest, rounded. Only sums, products and quotients, so that equal bits give equal
 * tables on every machine. Throws for a probability that is negative or no number.
 */
export function tableOf(probabilities: ArrayLike<number>): Table {
  const count = probabilities.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += probabilities[i];
  const table = new Float64Array(count + 1);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (!(probabilities[i] >= 0 && total > 0)) {
      throw new Error(
        `compress: expected probabilities, got ${probabilities[i]} for symbol ${i} of ${count}. ` +
          'Train the model anew: it has diverged.',
      );
    }
    sum += probabilities[i];
    table[i + 1] = i + 1 + Math.round((Math.min(sum, total) / total) * (WHOLE - count));
  }
  return table;
}

/** The interval of a symbol. */
export const intervalOf = (table: Table, symbol: number): Interval => ({
  start: table[symbol],
  size: table[symbol + 1] - table[symbol],
});

/** The symbol whose interval holds `point` of [0, 2^24). */
export const symbolAt = (table: Table, point: number): number =>
  search(table.length - 1, (i) => table[i], point);

/** The largest i of 0..count-1 with start(i) ≤ point, for starts that grow. */
export function search(count: number, start: (i: number) => number, point: number): number {
  let [low, high] = [0, count];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (start(middle) <= point) low = middle;
    else high = middle;
  }
  return low;
}
