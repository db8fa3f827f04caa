import type { OwnSet } from '../../models/data/own.ts';
import { randomStream } from '../../models/data/random.ts';
import { joined } from '../../models/data/series.ts';
import type { Values } from '../protocol.ts';
import { countText } from './format.ts';

/** Points and images that are shown of a set; of texts and sounds few windows. */
const [POINTS, ROWS, WINDOWS] = [2000, 64, 4];

/** Examples in a set, or symbols and samples of series. */
export function countOf(set: OwnSet): number {
  if ('centres' in set) return set.centres.length / 2;
  if ('shape' in set) return set.train.count + (set.test === set.train ? 0 : set.test.count);
  return set.train.reduce((sum, part) => sum + part.length, 0);
}

/** How much is in a set, for people. */
export function sizeText(set: OwnSet): string {
  const count = countText(countOf(set));
  if ('centres' in set) return `${count} points`;
  if (set.form.kind === 'images') return `${count} images`;
  if (set.form.kind === 'audio') return `${(countOf(set) / set.form.rate).toFixed(1)} seconds`;
  return 'shape' in set ? `${count} words` : `${count} letters`;
}

/** Some examples of a set as models see them. */
export function shownOf(set: OwnSet): { count: number; values: Values } {
  if ('centres' in set) return { count: POINTS, values: pointsOf(set.centres, set.spread) };
  if ('shape' in set) {
    const { train, white, form } = set;
    const count = Math.min(ROWS, train.count);
    const values = train.values.subarray(0, (count * train.values.length) / train.count);
    if (form.kind === 'images')
      return { count, values: Float32Array.from(values, (v) => v / white) };
    return { count, values: Uint32Array.from(values) };
  }
  const all = joined(set.train);
  const length = Math.min(set.length, all.length);
  const count = Math.max(1, Math.min(WINDOWS, Math.floor(all.length / length)));
  return { count, values: Uint32Array.from(all.subarray(0, count * length)) };
}

/** Draws from round Gaussians of equal weight. */
function pointsOf(centres: Float32Array, spread: number): Float32Array<ArrayBuffer> {
  const random = randomStream(0, 0);
  const points = new Float32Array(2 * POINTS);
  for (let i = 0; i < points.length; i += 2) {
    const k = 2 * Math.floor((random.uniform() * centres.length) / 2);
    points[i] = centres[k] + spread * random.normal();
    points[i + 1] = centres[k + 1] + spread * random.normal();
  }
  return points;
}
