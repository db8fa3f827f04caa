import { open, sizeOf } from '../engine/index.ts';
import { openSource, type Source } from '../models/data/source.ts';
import { doubling, floorCurve, realRows } from '../models/metrics/curves.ts';
import { baselinesOf } from '../models/metrics/plain.ts';
import type { FloorsInput, FloorsOutput } from './jobs.ts';

/** Rows that a curve draws from, at most. */
const ROWS = 10_000;

/**
 * What baselines say of a set, images as binary ones; and of images and points what the metrics say of real
 * data beside real data, in samples of 50, 100, ... rows. In a page.
 */
export async function floors({ data, most, repeats }: FloorsInput): Promise<FloorsOutput> {
  const gpu = await open({ seed: 0 });
  const source = await openSource(data);
  const { kind } = source.form;
  const started = performance.now();
  const binary = kind === 'images' ? await openSource(data, { binary: true }) : source;
  const baselines = await baselinesOf(binary);
  const shown = kind === 'images' || kind === 'points';
  const points = shown ? await curveOf(source, most, repeats) : [];
  const seconds = (performance.now() - started) / 1000;
  return { baselines, points, seconds, adapter: gpu.adapterName };
}

async function curveOf(source: Source, most: number, repeats: number) {
  const size = sizeOf(source.shape);
  const rows = await realRows(source, ROWS);
  return floorCurve(rows, size, doubling(rows.length / size, 50, most), repeats);
}
