import { ticks } from '../../bench/report/html/chart.ts';

/** An axis of a chart. */
export interface Axis {
  /** Whether equal steps are equal ratios. */
  log: boolean;
  ticks: number[];
  /** The pixel of a value. */
  at(value: number): number;
  /** What a tick says. */
  text(value: number): string;
}

/** Values that span more than this ratio get a logarithmic axis. */
const WIDE = 20;

/** An axis from pixel `from` to pixel `to` with room for all values; null ones are left out. */
export function axisOf(values: readonly (number | null)[], from: number, to: number): Axis {
  const known = values.filter((v): v is number => v !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const log = least > 0 && most / least > WIDE;
  const scale = log ? Math.log10 : (v: number) => v;
  const room = 0.06 * (scale(most) - scale(least)) || Math.abs(scale(most)) * 0.1 || 1;
  const low = least >= 0 && !log ? Math.max(0, scale(least) - room) : scale(least) - room;
  const high = scale(most) + room;
  const at = (value: number) => from + ((scale(value) - low) / (high - low)) * (to - from);
  const text = (value: number) => String(+value.toPrecision(6));
  return { log, at, text, ticks: log ? ticks(10 ** low, 10 ** high) : evenly(low, high) };
}

/** About five ticks at round distances. */
function evenly(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) as number;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** Where a name stands beside its point, and whether it ends there. */
export interface Place {
  x: number;
  y: number;
  end: boolean;
}

/** Where a line of text stands, by its base line. */
export interface Box {
  left: number;
  right: number;
  y: number;
}

/**
 * Places names beside their points, between `left` and `right`: as near as they can be without covering
 * another name, a point or `texts`, rather right than left.
 */
export function placed(
  points: readonly { x: number; y: number; width: number }[],
  [left, right]: readonly [number, number],
  texts: readonly Box[],
): Place[] {
  const [gap, height] = [9, 13];
  const taken = [...texts, ...points.map(({ x, y }) => ({ left: x - 6, right: x + 6, y: y + 4 }))];
  return points.map(({ x, y, width }) => {
    for (let away = 0; ; away++) {
      for (const [at, end] of [
        [y + 4 + away, false],
        [y + 4 + away, true],
        [y + 4 - away, false],
        [y + 4 - away, true],
      ] as const) {
        const from = end ? x - gap - width : x + gap;
        const to = from + width;
        const out = from < left || to > right;
        const covers = taken.some(
          (t) => t.left < to && from < t.right && Math.abs(t.y - at) < height,
        );
        if (covers || (out && away < 200)) continue; // a name without any room sticks out
        taken.push({ left: from, right: to, y: at });
        return { x: end ? to : from, y: at, end };
      }
    }
  });
}
