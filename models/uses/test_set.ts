import { currentGpu, sizeOf, type Tensor, type TypedArray, tensor } from '../../engine/index.ts';
import { chunks } from '../chunks.ts';
import type { Source } from '../data/source.ts';

/** The first test examples of a data set, at most `count`, each as it is drawn: pixels 0..1, or tokens. */
export async function testExamples(source: Source, count: number): Promise<TypedArray[]> {
  const all = Math.min(count, source.testCount ?? 0);
  const size = sizeOf(source.shape);
  const step = currentGpu().step((rows: Tensor) => source.drawTest(rows.size, rows));
  const examples: TypedArray[] = [];
  for (const rows of chunks(all)) {
    const values = await step(tensor(rows)).data();
    for (let at = 0; at < values.length; at += size) examples.push(values.subarray(at, at + size));
  }
  step.dispose();
  return examples;
}

/** The first test images of a data set, at most `count`, each as H·W·C levels 0..levels-1. */
export async function testImages(
  source: Source,
  count: number,
  levels: number,
): Promise<Uint8Array[]> {
  const images = await testExamples(source, count);
  return images.map((pixels) => Uint8Array.from(pixels, (v) => Math.round(v * (levels - 1))));
}

/** Images of levels 0..levels-1 as models take them: pixels 0..1 in `shape`. */
export const imagesOf = (images: Uint8Array, levels: number, shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from(images, (level) => level / (levels - 1)),
    shape,
  );

/**
 * The first test sequences of a data set: windows of a long text, the last one shorter; whole
 * recordings; rows of tokens.
 */
export async function testSequences(source: Source, count: number): Promise<Uint8Array[]> {
  const { series, form, shape } = source;
  const [length] = shape;
  if (series && form.kind === 'audio') return series.test.slice(0, count);
  if (series) {
    return series.test.flatMap((text) => windows(text, length)).slice(0, count);
  }
  return (await testExamples(source, count)).map((tokens) => Uint8Array.from(tokens));
}

const windows = (text: Uint8Array, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
    text.subarray(i * length, (i + 1) * length),
  );
