import type { Case } from './case.ts';
import { numbers } from './numbers.ts';
import { AT, both, images, square, type Tiled, tiles, transform } from './winograd.ts';

function outputs(o: Tiled): Case {
  const { batch, oh, ow, ch } = o;
  const { down, across, count } = tiles(o, () => {});
  const m = numbers(16 * count * ch, 1);
  const y = new Float64Array(batch * oh * ow * ch);
  tiles(o, (q, b, top, left, c) => {
    const tile = both(
      AT,
      square(4, (r, s) => m[((4 * r + s) * count + q) * ch + c]),
    );
    for (const [r, s] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      const [oy, ox] = [top + r, left + s];
      if (oy < oh && ox < ow) y[((b * oh + oy) * ow + ox) * ch + c] = tile[r][s];
    }
  });
  const params = { batch, oh, ow, ch, down, across };
  return transform(JSON.stringify(o), params, { m }, 'y', y, count * ch);
}

export const cases: Case[] = images.map(outputs);
