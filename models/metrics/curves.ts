import { sizeOf } from '../../engine/index.ts';
import { examplesOf } from '../data/examples.ts';
import { randomStream } from '../data/random.ts';
import type { Source } from '../data/source.ts';
import type { SampleMetric } from './names.ts';
import { type ComparedBy, measureSamples, referenceOf } from './samples.ts';

/** What real data get beside real data, in samples of n. */
export interface FloorPoint {
  n: number;
  /** One value for each pair of samples, by metric. */
  values: Partial<Record<SampleMetric, number[]>>;
}

/**
 * The floor of every sample metric and how it depends on the size of samples: two samples of n rows without
 * a common one are drawn from the same real rows and compared, `repeats` times for each n. What a metric
 * says of a model means nothing without that of real rows as many.
 */
export async function floorCurve(
  rows: Float32Array,
  size: number,
  sizes: readonly number[],
  repeats = 3,
  by: ComparedBy = {},
): Promise<FloorPoint[]> {
  const points: FloorPoint[] = [];
  for (const n of sizes) {
    const values: FloorPoint['values'] = {};
    for (let repeat = 0; repeat < repeats; repeat++) {
      const drawn = drawRows(rows, size, 2 * n, repeat);
      const reference = await referenceOf(drawn.subarray(0, n * size), size, by);
      const found = await measureSamples(reference, drawn.slice(n * size));
      for (const [name, value] of Object.entries(found)) {
        (values[name as SampleMetric] ??= []).push(value);
      }
    }
    points.push({ n, values });
  }
  return points;
}

/** `count` different rows in a random order. Throws where there are fewer. */
export function drawRows(rows: Float32Array, size: number, count: number, seed: number) {
  const all = rows.length / size;
  if (count > all) throw new Error(`drawRows: expected at least ${count} rows, got ${all}.`);
  const random = randomStream(seed, 3);
  const order = Uint32Array.from({ length: all }, (_, i) => i);
  const drawn = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random.uniform() * (all - i));
    [order[i], order[j]] = [order[j], order[i]];
    drawn.set(rows.subarray(order[i] * size, (order[i] + 1) * size), i * size);
  }
  return drawn;
}

/** Sizes for a curve: `least`, twice that, and so on, as long as two samples fit into `count` rows. */
export function doubling(count: number, least = 50, most = 5000): number[] {
  const sizes: number[] = [];
  for (let n = least; n <= Math.min(most, count / 2); n *= 2) sizes.push(n);
  return sizes;
}

/** At most `most` real examples of a set, training rows first, flat. On the open engine. */
export async function realRows(source: Source, most = 10_000): Promise<Float32Array> {
  const count = Math.min(most, source.count ?? most);
  const others = Math.min(most - count, source.testCount ?? 0);
  const size = sizeOf(source.shape);
  const all = new Float32Array((count + others) * size);
  all.set(await examplesOf(source, count, 'train'));
  all.set(await examplesOf(source, others, 'test'), count * size);
  return all;
}
