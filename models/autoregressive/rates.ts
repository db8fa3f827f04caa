import { currentGpu, sum, type Tensor, tensor } from '../../engine/index.ts';
import { chunks } from '../chunks.ts';
import type { Source } from '../data/source.ts';

/** Training images that go through a step together. */
const CHUNK = 2000;

/**
 * How often each pixel of binary training images is 1, with one image of each value added so that
 * no rate is 0 or 1: [H·W].
 */
export async function baseRates(source: Source): Promise<Float32Array> {
  const count = source.count as number;
  const ones = currentGpu().step((rows: Tensor) => sum(source.draw(rows.size, rows), 0));
  const totals = new Float32Array(source.shape.reduce((a, b) => a * b, 1)).fill(1);
  for (const rows of chunks(count, CHUNK)) {
    (await ones(tensor(rows)).data()).forEach((n, pixel) => {
      totals[pixel] += n;
    });
  }
  ones.dispose();
  return totals.map((n) => n / (count + 2));
}

/** Their logits, log (p / (1 − p)). */
export const logOdds = (rates: Float32Array): Float32Array<ArrayBuffer> =>
  rates.map((p) => Math.log(p / (1 - p)));
