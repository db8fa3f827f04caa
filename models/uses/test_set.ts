import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';

/** Rows that are fetched together. */
const CHUNK = 1000;

/** The first test images of a data set, at most `count`, each as H·W·C levels 0..levels-1. */
export async function testImages(
  source: Source,
  count: number,
  levels: number,
): Promise<Uint8Array[]> {
  const all = Math.min(count, source.testCount ?? 0);
  const size = source.shape.reduce((a, b) => a * b, 1);
  const step = currentGpu().step((rows: Tensor) => source.drawTest(rows.size, rows));
  const images: Uint8Array[] = [];
  for (let start = 0; start < all; start += CHUNK) {
    const rows = Uint32Array.from({ length: Math.min(CHUNK, all - start) }, (_, i) => start + i);
    const pixels = await step(tensor(rows)).data();
    const values = Uint8Array.from(pixels, (v) => Math.round(v * (levels - 1)));
    for (let at = 0; at < values.length; at += size) images.push(values.slice(at, at + size));
  }
  step.dispose();
  return images;
}

/**
 * The first test sequences of a data set: windows of a long text, the last one shorter; whole
 * recordings; rows of tokens.
 */
export async function testSequences(source: Source, count: number): Promise<Uint8Array[]> {
  const { series, form, shape, testCount } = source;
  const [length] = shape;
  if (series && form.kind === 'audio') return series.test.slice(0, count);
  if (series) {
    return series.test.flatMap((text) => windows(text, length)).slice(0, count);
  }
  const rows = Math.min(count, testCount as number);
  const step = currentGpu().step((r: Tensor) => source.drawTest(r.size, r));
  const tokens = await step(tensor(Uint32Array.from({ length: rows }, (_, i) => i))).data();
  step.dispose();
  return Array.from({ length: rows }, (_, i) =>
    Uint8Array.from(tokens.subarray(i * length, (i + 1) * length)),
  );
}

const windows = (text: Uint8Array, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
    text.subarray(i * length, (i + 1) * length),
  );
