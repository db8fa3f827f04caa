import { currentGpu, type Tensor } from '../../engine/index.ts';
import { ofRows } from '../chunks.ts';
import type { Source } from './source.ts';

/** Examples that are read together. */
const CHUNK = 1000;

type Part = 'train' | 'test';

/**
 * The first examples of a data set on the host, one after another. On the open engine. Throws RangeError
 * where there are fewer.
 */
export const examplesOf = (
  source: Source,
  count: number,
  part: Part,
): Promise<Float32Array<ArrayBuffer>> =>
  first(source, count, part, (rows) =>
    part === 'train' ? source.draw(rows.size, rows) : source.drawTest(rows.size, rows),
  );

/** The classes of the first examples of a part of a data set. Throws RangeError where there are fewer. */
export const classesOf = async (
  source: Source,
  count: number,
  part: Part = 'train',
): Promise<Uint32Array<ArrayBuffer>> =>
  Uint32Array.from(
    await first(
      source,
      count,
      part,
      (rows) =>
        (part === 'train' ? source.drawClasses(rows) : source.drawTestClasses(rows)) as Tensor,
    ),
  );

async function first(source: Source, count: number, part: Part, draw: (rows: Tensor) => Tensor) {
  const there = part === 'train' ? source.count : source.testCount;
  if (there !== null && count > there) {
    throw new RangeError(
      `data: ${source.name}: expected at most ${there} examples of its ${part} part, got ${count}.`,
    );
  }
  const step = currentGpu().step(draw);
  const values = await ofRows(count, CHUNK, step);
  step.dispose();
  return values;
}
