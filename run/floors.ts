import { open, sizeOf } from '../engine/index.ts';
import { EightfoldError } from '../engine/errors.ts';
import { openSource } from '../models/data/source.ts';
import { doubling, floorCurve, realRows } from '../models/metrics/curves.ts';
import type { FloorsInput, FloorsOutput } from './jobs.ts';

/** Rows that a curve draws from, at most. */
const ROWS = 10_000;

/** What the metrics say of real data beside real data, in samples of 50, 100, ... rows. In a page. */
export async function floors({ data, most, repeats }: FloorsInput): Promise<FloorsOutput> {
  const gpu = await open({ seed: 0 });
  const source = await openSource(data);
  const { kind } = source.form;
  if (kind !== 'images' && kind !== 'points') {
    throw new EightfoldError('argument', `--data ${data}: expected images or points, got ${kind}.`);
  }
  const started = performance.now();
  const size = sizeOf(source.shape);
  const rows = await realRows(source, ROWS);
  const points = await floorCurve(rows, size, doubling(rows.length / size, 50, most), repeats);
  const seconds = (performance.now() - started) / 1000;
  return { points, seconds, adapter: gpu.adapterName };
}
