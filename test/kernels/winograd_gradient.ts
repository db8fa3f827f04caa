import type { Case } from './case.ts';
import { numbers } from './numbers.ts';
import { AT, both, images, square, type Tiled, tiles, transform, turned } from './winograd.ts';

function gradients(o: Tiled): Case {
  const { batch, oh, ow, ch } = o;
  const g = numbers(batch * oh * ow * ch, 1);
  const { down, across, count } = tiles(o, () => {});
  const n = new Float64Array(16 * count * ch);
  tiles(o, (q, b, top, left, c) => {
    const tile = square(2, (r, s) => {
      const [oy, ox] = [top + r, left + s];
      return oy < oh && ox < ow ? g[((b * oh + oy) * ow + ox) * ch + c] : 0;
    });
    both(turned(AT), tile)
      .flat()
      .forEach((value, k) => {
        n[(k * count + q) * ch + c] = value;
      });
  });
  const params = { batch, oh, ow, ch, down, across };
  return transform(JSON.stringify(o), params, { g }, 'n', n, count * ch);
}

export const cases: Case[] = images.map(gradients);
