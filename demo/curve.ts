/** Losses of the steps 1, 2, ... and their moving averages. */
export interface Curve {
  readonly names: string[];
  readonly steps: number[];
  /** By loss, as it was. */
  readonly raw: number[][];
  /** By loss, the moving average. */
  readonly smooth: number[][];
}

/** Weight of the past in the moving average: it spans about ten steps. */
const MEMORY = 0.9;

/** A curve before the first step. */
export const emptyCurve = (names: string[] = []): Curve => {
  return { names, steps: [], raw: names.map(() => []), smooth: names.map(() => []) };
};

/** Adds rows of losses, the first of them that of step `from` + 1; what was beyond is dropped. */
export function extend(curve: Curve, from: number, rows: number[][]): void {
  truncate(curve, from);
  for (const row of rows) {
    curve.steps.push(curve.steps.length + 1);
    row.forEach((value, i) => {
      curve.raw[i].push(value);
      curve.smooth[i].push(average(curve, i));
    });
  }
}

/** Drops what lies beyond a step. */
export function truncate(curve: Curve, step: number): void {
  for (const column of [curve.steps, ...curve.raw, ...curve.smooth]) {
    if (column.length > step) column.length = step;
  }
}

/** The next moving average of loss i: weights fall by MEMORY per step back and sum to one. */
function average({ raw, smooth }: Curve, i: number): number {
  const n = raw[i].length; // with the newest
  const before = n > 1 ? smooth[i][n - 2] : Number.NaN;
  if (Number.isNaN(before)) return raw[i][n - 1]; // what was before is not known
  const past = before * (1 - MEMORY ** (n - 1)) * MEMORY;
  return (past + (1 - MEMORY) * raw[i][n - 1]) / (1 - MEMORY ** n);
}

/** The range a chart shows: all steps but the first ones, whose losses dwarf the others. */
export function rangeOf({ steps, raw, smooth }: Curve, shown: boolean[]): [number, number] | null {
  const first = Math.floor(steps.length * 0.05);
  let [low, high] = [Infinity, -Infinity];
  raw.forEach((column, i) => {
    if (!shown[i]) return;
    for (let k = first; k < column.length; k++) {
      if (Number.isNaN(column[k])) continue;
      // Single steps may spike; the average decides how high the chart is.
      low = Math.min(low, column[k]);
      high = Math.max(high, (column[k] + smooth[i][k]) / 2);
    }
  });
  return low <= high ? [low, high] : null;
}
