import { currentGpu, type Tensor } from '../../engine/index.ts';
import { ofRows } from '../chunks.ts';
import type { Source } from './source.ts';

/** Examples that are read together. */
const CHUNK = 1000;

/** The first examples of a data set on the host, one after another. On the open engine. */
export async function examplesOf(
  source: Source,
  count: number,
  part: 'train' | 'test',
): Promise<Float32Array<ArrayBuffer>> {
  const step = currentGpu().step((rows: Tensor) =>
    part === 'train' ? source.draw(rows.size, rows) : source.drawTest(rows.size, rows),
  );
  const values = await ofRows(count, CHUNK, step);
  step.dispose();
  return values;
}

/** The classes of the first examples of a part of a data set. */
export async function classesOf(
  source: Source,
  count: number,
  part: 'train' | 'test' = 'train',
): Promise<Uint32Array<ArrayBuffer>> {
  const step = currentGpu().step(
    (rows: Tensor) =>
      (part === 'train' ? source.drawClasses(rows) : source.drawTestClasses(rows)) as Tensor,
  );
  const classes = Uint32Array.from(await ofRows(count, CHUNK, step));
  step.dispose();
  return classes;
}
