import type { Case } from './case.ts';
import { numbers } from './numbers.ts';
import { both, BT, images, square, type Tiled, tiles, transform } from './winograd.ts';

/** Patches of an image of `ih` × `iw` whose tiles cover `oh` × `ow`. */
function patches(o: Tiled & { ih: number; iw: number; py: number; px: number }): Case {
  const { batch, ih, iw, ch, py, px } = o;
  const x = numbers(batch * ih * iw * ch, 1);
  const { down, across, count } = tiles(o, () => {});
  const v = new Float64Array(16 * count * ch);
  tiles(o, (q, b, top, left, c) => {
    const patch = square(4, (r, s) => {
      const [iy, ix] = [top + r - py, left + s - px];
      const inside = iy >= 0 && iy < ih && ix >= 0 && ix < iw;
      return inside ? x[((b * ih + iy) * iw + ix) * ch + c] : 0;
    });
    both(BT, patch)
      .flat()
      .forEach((value, k) => {
        v[(k * count + q) * ch + c] = value;
      });
  });
  const params = { batch, ih, iw, ch, down, across, py, px };
  return transform(JSON.stringify(o), params, { x }, 'v', v, count * ch);
}

export const cases: Case[] = images.flatMap((o) => [
  patches({ ...o, ih: o.oh, iw: o.ow, py: 1, px: 1 }),
  patches({ ...o, ih: o.oh + 2, iw: o.ow + 1, py: 0, px: 1 }),
]);
