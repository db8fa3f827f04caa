import { forms } from '../../run/compare/forms.ts';
import type { Comparison } from '../../run/compare/summary.ts';

const files = import.meta.glob<string>('../../docs/compare-*.json', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** The comparisons that come with the page: by data set, where each lies. */
export const shipped: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(files).map(([path, url]) => [/compare-(.*)\.json$/.exec(path)?.[1] ?? path, url]),
);

/** Fetches and reads a comparison that comes with the page. */
export async function fetchComparison(url: string): Promise<Comparison> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`comparison: ${response.status} for ${url}. Reload the page.`);
  return readComparison(await response.text());
}

/** Reads what `npm run compare` wrote. Throws, saying what is wrong, for anything else. */
export function readComparison(text: string): Comparison {
  let read: Partial<Comparison> | null = null;
  try {
    read = JSON.parse(text);
  } catch (error) {
    refuse(`not JSON (${(error as Error).message})`);
  }
  const { data, lines, floor, seeds, budget, adapters } = read ?? {};
  if (typeof data !== 'string' || !Array.isArray(lines)) refuse("no 'data' and 'lines' in it");
  if (!Object.hasOwn(forms, data as string)) {
    refuse(`data set '${data}', expected one of ${Object.keys(forms).join(', ')}`);
  }
  if (!Array.isArray(seeds) || !Array.isArray(adapters) || !budget || !floor?.quality) {
    refuse("no 'seeds', 'adapters', 'budget' or 'floor' in it");
  }
  lines?.forEach((line, i) => {
    const missing = required.filter((name) => typeof line?.[name] !== types[name]);
    if (missing.length) refuse(`line ${i + 1} has no ${missing.join(', ')}`);
  });
  for (const images of [floor?.images, ...(lines ?? []).map((line) => line.images)]) {
    if (images !== null) imagesOf(data as string, images as string);
  }
  return read as Comparison;
}

function refuse(what: string): never {
  throw new Error(
    `comparison: ${what}. Choose a .json file that npm run compare has written, such as ` +
      'runs/compare/digits8.json.',
  );
}

const types = {
  name: 'string',
  title: 'string',
  family: 'string',
  pixels: 'string',
  likelihood: 'object',
  adapter: 'string',
  steps: 'number',
  rows: 'number',
  parameters: 'number',
  gflop: 'number',
  megabytes: 'number',
  seeds: 'number',
  diverged: 'number',
} as const;
const required = Object.keys(types) as (keyof typeof types)[];

/** Images of a comparison, bytes as base64, with values 0..1, [n, h, w, c]. */
export function imagesOf(data: string, images: string): Float32Array<ArrayBuffer> {
  const { height, width, channels } = forms[data];
  let bytes = '';
  try {
    bytes = atob(images);
  } catch {
    refuse('images that are not base64');
  }
  if (bytes.length === 0 || bytes.length % (height * width * channels)) {
    refuse(`${bytes.length} bytes of images, expected a multiple of ${height * width * channels}`);
  }
  return Float32Array.from(bytes, (byte) => byte.charCodeAt(0) / 255);
}
