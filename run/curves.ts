import type { FloorPoint } from '../models/metrics/curves.ts';
import { type SampleMetric, sampleMetrics } from '../models/metrics/names.ts';

/** A panel for each metric, so many in a row. */
const [WIDTH, HEIGHT, COLUMNS] = [230, 150, 4];
/** Of a panel: left, right, top, bottom. */
const MARGIN = [48, 14, 26, 24];

/** Metrics of real rows beside real rows over the size of samples, as SVG: every pair, and the mean. */
export function curvesPicture(points: readonly FloorPoint[], data: string): string {
  const names = (Object.keys(sampleMetrics) as SampleMetric[]).filter((name) =>
    points.every(({ values }) => values[name]),
  );
  const rows = Math.ceil(names.length / COLUMNS);
  const panels = names.map((name, i) => {
    const place = `${(i % COLUMNS) * WIDTH} ${Math.floor(i / COLUMNS) * HEIGHT + 30}`;
    return `<g transform="translate(${place})">${panel(points, name)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${COLUMNS * WIDTH}" height="${rows * HEIGHT + 34}"`,
    ' font-family="sans-serif" font-size="11" fill="#333">',
    `<title>Sample metrics of ${data} beside itself</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="10" y="19" font-size="13">${data}: two samples of n real rows beside each other</text>`,
    ...panels,
    '</svg>',
  ].join('\n');
}

function panel(points: readonly FloorPoint[], name: SampleMetric): string {
  const [left, right, top, bottom] = MARGIN;
  const all = points.flatMap(({ values }) => values[name] as number[]);
  const [low, high] = [Math.min(0, ...all), Math.max(...all) || 1];
  const [first, last] = [points[0].n, points[points.length - 1].n];
  const span = Math.log(last / first) || 1;
  const x = (n: number) => left + (Math.log(n / first) / span) * (WIDTH - left - right);
  const y = (v: number) => HEIGHT - bottom - ((v - low) / (high - low)) * (HEIGHT - top - bottom);
  const means = points.map(({ n, values }) => {
    const found = values[name] as number[];
    return `${x(n).toFixed(1)},${y(found.reduce((a, b) => a + b, 0) / found.length).toFixed(1)}`;
  });
  const dots = points.flatMap(({ n, values }) =>
    (values[name] as number[]).map(
      (v) => `<circle cx="${x(n).toFixed(1)}" cy="${y(v).toFixed(1)}" r="2" fill="#4a7fb0"/>`,
    ),
  );
  const level = (v: number) =>
    `<line x1="${left}" x2="${WIDTH - right}" y1="${y(v)}" y2="${y(v)}" stroke="#ddd"/>` +
    `<text x="${left - 5}" y="${y(v) + 4}" text-anchor="end">${Number(v.toPrecision(2))}</text>`;
  const under = (n: number) =>
    `<text x="${x(n)}" y="${HEIGHT - 8}" text-anchor="middle">${n}</text>`;
  return [
    `<text x="${left}" y="16" font-weight="bold">${sampleMetrics[name].title}</text>`,
    ...[...new Set([low, 0, high])].map(level),
    ...new Set([first, last].map(under)),
    `<polyline points="${means.join(' ')}" fill="none" stroke="#1f4e79" stroke-width="1.5"/>`,
    ...dots,
  ].join('');
}
