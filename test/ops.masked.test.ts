import { describe, expect, test } from 'vitest';
import {
  grad,
  type MaskedOptions,
  maskedConv2d,
  sum,
  type Tensor,
  tensor,
  vjp,
} from '../engine/index.ts';
import { table } from './check.ts';
import { normal } from './inputs.ts';
import { shared } from './open.ts';
import { maskOf } from './reference.ts';
import { row, terms } from './rows.ts';

const image = normal([2, 5, 6, 3]);
const filter = normal([3, 3, 3, 4], 0.5);
const conv = { ...terms(15), probes: 12 };

table('masked convolution', [
  row('maskedConv2d A', (o, x, w) => o.maskedConv2d(x, w, { type: 'A' }), [image, filter], conv),
  row('maskedConv2d B', (o, x, w) => o.maskedConv2d(x, w, { type: 'B' }), [image, filter], conv),
  row(
    'maskedConv2d A, vertical',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'A', mask: 'vertical' }),
    [image, filter],
    conv,
  ),
  row(
    'maskedConv2d B, vertical',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B', mask: 'vertical' }),
    [normal([2, 4, 3, 4]), normal([5, 3, 4, 8], 0.5)],
    { ...terms(36), probes: 12 },
  ),
  row(
    'maskedConv2d A, horizontal',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'A', mask: 'horizontal' }),
    [image, normal([1, 5, 3, 2])],
    conv,
  ),
  row(
    'maskedConv2d B, horizontal',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B', mask: 'horizontal' }),
    [normal([1, 3, 5, 4]), normal([1, 3, 4, 4])],
    conv,
  ),
  row(
    'maskedConv2d A, RGB',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'A', colours: 3 }),
    [image, normal([3, 3, 3, 6], 0.5)],
    conv,
  ),
  row(
    'maskedConv2d B, RGB',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B', colours: 3 }),
    [normal([1, 3, 4, 12]), normal([3, 3, 12, 12], 0.3)],
    { ...terms(60), probes: 12 },
  ),
  row(
    'maskedConv2d B of 1x1, two colours',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B', colours: 2 }),
    [normal([1, 3, 2, 4]), normal([1, 1, 4, 6])],
    { ...terms(4), probes: 12 },
  ),
  row(
    'maskedConv2d A of 1x1',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'A' }),
    [normal([1, 3, 2, 4]), normal([1, 1, 4, 4])],
    { ...terms(1), gradient: 'zero', second: 'none' },
  ),
  row(
    'maskedConv2d, dilated',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B', dilation: 2 }),
    [normal([1, 6, 5, 2]), normal([3, 3, 2, 3])],
    conv,
  ),
  row(
    'maskedConv2d, dilation [1, 3]',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'A', dilation: [1, 3] }),
    [normal([1, 4, 7, 2]), normal([5, 3, 2, 3])],
    { ...terms(14), probes: 12 },
  ),
  row(
    'maskedConv2d of 1 pixel',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B' }),
    [normal([1, 1, 1, 1]), normal([7, 7, 1, 1])],
    terms(1),
  ),
  row(
    'maskedConv2d of no images',
    (o, x, w) => o.maskedConv2d(x, w, { type: 'B' }),
    [normal([0, 4, 4, 2]), normal([3, 3, 2, 2])],
    terms(10),
  ),
]);

const SIDE = 4;
const numbers = (shape: number[]) => tensor(Float32Array.from(normal(shape).data), shape);

/**
 * The order in which a mask generates what an image holds, as a number per pixel and colour. Whole
 * rows of a vertical mask are one step; a horizontal one never leaves its row.
 */
function stepOf(row: number, column: number, colour: number, { mask, colours = 1 }: MaskedOptions) {
  if (mask === 'vertical') return row;
  return (mask === 'horizontal' ? column : row * SIDE + column) * colours + colour;
}

/** Whether an output may depend on an input, each given as [row, column, colour]. */
function mayDepend(from: number[], to: number[], o: MaskedOptions): boolean {
  if (o.mask === 'horizontal' && from[0] !== to[0]) return false;
  const [input, output] = [from, to].map(([r, c, k]) => stepOf(r, c, k, o));
  return o.type === 'B' ? input <= output : input < output;
}

const masks: [string, MaskedOptions, number[]][] = [
  ['A', { type: 'A' }, [7, 7, 1, 2]],
  ['B', { type: 'B' }, [7, 7, 4, 4]],
  ['A, vertical', { type: 'A', mask: 'vertical' }, [7, 7, 2, 1]],
  ['B, vertical', { type: 'B', mask: 'vertical' }, [7, 7, 4, 4]],
  ['A, horizontal', { type: 'A', mask: 'horizontal' }, [1, 7, 4, 4]],
  ['B, horizontal', { type: 'B', mask: 'horizontal' }, [1, 7, 1, 2]],
  ['A, RGB', { type: 'A', colours: 3 }, [7, 7, 3, 6]],
  ['B, RGB', { type: 'B', colours: 3 }, [7, 7, 12, 12]],
];

describe('what a masked convolution depends on', () => {
  test.each(masks)('type %s', async (_, options, shape) => {
    const gpu = await shared();
    const [, , inputs, outputs] = shape;
    const colours = options.colours ?? 1;
    const x = numbers([1, SIDE, SIDE, inputs]);
    const w = numbers(shape);
    const rowOf = gpu.step((g: Tensor) => vjp(maskedConv2d(x, w, options), [x], g)[0]);
    const place = (i: number, channels: number): number[] => {
      const pixel = Math.floor(i / channels);
      const colour = Math.floor(((i % channels) * colours) / channels);
      return [Math.floor(pixel / SIDE), pixel % SIDE, colour];
    };
    for (let i = 0; i < SIDE * SIDE * outputs; i++) {
      const one = Float32Array.from({ length: SIDE * SIDE * outputs }, (_, j) => +(i === j));
      const slopes = await rowOf(tensor(one, [1, SIDE, SIDE, outputs])).data();
      const seen = Array.from(slopes, (v) => v !== 0);
      const wanted = seen.map((_, j) => mayDepend(place(j, inputs), place(i, outputs), options));
      expect(seen, `inputs that output ${i} sees`).toEqual(wanted);
    }
  });

  test.each(masks)('the filter of type %s: hidden taps have no gradient', async (_, o, shape) => {
    const gpu = await shared();
    const x = numbers([2, SIDE, SIDE, shape[2]]);
    const w = numbers(shape);
    const step = gpu.step(() => grad(sum(maskedConv2d(x, w, o)), [w])[0]);
    const seen = Array.from(await step().data(), (v) => +(v !== 0));
    expect(seen).toEqual(Array.from(maskOf(shape, o).data));
  });
});
