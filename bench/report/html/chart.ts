/** A point of a chart, with what it says when pointed at. */
export interface Point {
  x: number;
  y: number;
  title: string;
}

/** A line of a chart; the same index has the same colour in all charts of a page. */
export interface Line {
  name: string;
  points: Point[];
  /** Class of its colour: `c0` is ours. */
  colour: string;
  dashed?: boolean;
}

const WIDTH = 640;
const HEIGHT = 320;
const inset = { left: 56, right: 150, top: 12, bottom: 40 };

export const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c,
  );

const short = (x: number): string => {
  if (x >= 1e6) return `${+(x / 1e6).toPrecision(3)}M`;
  return Number.isInteger(x) ? `${x}` : `${+x.toPrecision(3)}`;
};

/** A logarithmic axis from pixels `from` to `to`. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.log(Math.min(...values));
  const high = Math.log(Math.max(...values));
  const span = high - low || 1;
  return (value: number) => from + ((Math.log(value) - low) / span) * (to - from);
}

/** Ticks at 1, 2 and 5 times the powers of ten between two numbers. */
export function ticks(low: number, high: number): number[] {
  const found: number[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
    for (const m of [1, 2, 5]) found.push(m * 10 ** e);
  }
  const inside = found.filter((t) => t >= low * 0.999 && t <= high * 1.001);
  return inside.length > 9 ? inside.filter((t) => /^1/.test(t.toExponential())) : inside;
}

/**
 * Lines on logarithmic axes, with names at their right ends.
 * @param label what the chart shows, for those who can't see it
 * @param roof a horizontal line with its name, or null
 */
export function lineChart(
  label: string,
  units: { x: string; y: string },
  lines: readonly Line[],
  roof: number | null,
): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map((p) => p.x))].sort((a, b) => a - b);
  const ys = points.map((p) => p.y);
  const low = Math.min(...ys) / 1.3;
  const high = Math.max(...ys, roof ?? 0) * 1.3;
  const right = WIDTH - inset.right;
  const x = axis(xs, inset.left, right);
  const y = axis([low, high], HEIGHT - inset.bottom, inset.top);
  const base = HEIGHT - inset.bottom;
  const grid = ticks(low, high).map(
    (t) =>
      `<line class="grid" x1="${inset.left}" x2="${right}" y1="${y(t).toFixed(1)}" y2="${y(t).toFixed(1)}"/>` +
      `<text class="tick" text-anchor="end" x="${inset.left - 8}" y="${(y(t) + 4).toFixed(1)}">${short(t)}</text>`,
  );
  const below = xs.map(
    (v) =>
      `<text class="tick" text-anchor="middle" x="${x(v).toFixed(1)}" y="${base + 18}">${short(v)}</text>`,
  );
  const names = spread(lines.map((line) => y(line.points.at(-1)?.y ?? low)));
  const drawn = lines.map(({ name, points: own, colour, dashed }, i) => {
    const path = own.map((p) => `${x(p.x).toFixed(1)},${y(p.y).toFixed(1)}`).join(' ');
    const dots = own.map(
      (p) =>
        `<circle class="${colour}" cx="${x(p.x).toFixed(1)}" cy="${y(p.y).toFixed(1)}" r="4">` +
        `<title>${escapeHtml(p.title)}</title></circle>`,
    );
    const stroke = dashed ? ' stroke-dasharray="5 4"' : '';
    return (
      `<polyline class="line ${colour}" points="${path}"${stroke}/>${dots.join('')}` +
      `<text class="name ${colour}" x="${right + 10}" y="${(names[i] + 4).toFixed(1)}">${escapeHtml(name)}</text>`
    );
  });
  const ceiling =
    roof === null
      ? ''
      : `<line class="roof" x1="${inset.left}" x2="${right}" y1="${y(roof).toFixed(1)}" y2="${y(roof).toFixed(1)}"/>` +
        `<text class="tick" x="${inset.left + 6}" y="${(y(roof) - 5).toFixed(1)}">roof ${short(roof)}</text>`;
  return svg(label, HEIGHT, [
    ...grid,
    ...below,
    `<text class="unit" x="${inset.left}" y="${base + 35}">${escapeHtml(units.x)}</text>`,
    `<text class="unit" text-anchor="end" x="${right}" y="${base + 35}">${escapeHtml(units.y)}, log</text>`,
    ceiling,
    ...drawn,
  ]);
}

/** Moves labels apart, keeping their order, so that none covers another. */
function spread(at: readonly number[], gap = 15): number[] {
  const order = at.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  for (let k = 1; k < order.length; k++) order[k].y = Math.max(order[k].y, order[k - 1].y + gap);
  const over = (order.at(-1)?.y ?? 0) - (HEIGHT - inset.bottom);
  const placed = [...at];
  for (const { y, i } of order) placed[i] = over > 0 ? y - over : y;
  return placed;
}

/** One bar. */
export interface Bar {
  name: string;
  value: number;
  /** Ends of the interval of the value. */
  ci: readonly [number, number] | null;
  colour: string;
  title: string;
}

/** Horizontal bars from zero, with whiskers. */
export function barChart(label: string, unit: string, bars: readonly Bar[]): string {
  const step = 26;
  const left = 190;
  const most = Math.max(...bars.map((bar) => Math.max(bar.value, bar.ci?.[1] ?? 0)));
  const x = (v: number) => left + (v / most) * (WIDTH - left - 80);
  const drawn = bars.map(({ name, value, ci, colour, title }, i) => {
    const top = 4 + i * step;
    const middle = top + 9;
    const whisker = ci
      ? `<line class="whisker" x1="${x(ci[0]).toFixed(1)}" x2="${x(ci[1]).toFixed(1)}" y1="${middle}" y2="${middle}"/>`
      : '';
    const end = Math.max(x(value), ci ? x(ci[1]) : 0);
    return (
      `<g><title>${escapeHtml(title)}</title>` +
      `<text class="tick" text-anchor="end" x="${left - 8}" y="${middle + 4}">${escapeHtml(name)}</text>` +
      `<rect class="${colour}" x="${left}" y="${top}" width="${(x(value) - left).toFixed(1)}" height="18" rx="3"/>` +
      `${whisker}<text class="tick" x="${(end + 8).toFixed(1)}" y="${middle + 4}">${short(value)} ${escapeHtml(unit)}</text></g>`
    );
  });
  return svg(label, 8 + bars.length * step, drawn);
}

const svg = (label: string, height: number, parts: readonly string[]): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg>`;
