import { expect, test } from 'vitest';
import { fromHalf, toHalf } from '../engine/half.ts';

test.each([
  ['one', 1, 0x3c00],
  ['minus two', -2, 0xc000],
  ['the largest', 65504, 0x7bff],
  ['what rounds to the largest', 65519.99, 0x7bff],
  ['what rounds to infinity', 65520, 0x7c00],
  ['the smallest normal', 2 ** -14, 0x0400],
  ['the largest subnormal', 1023 * 2 ** -24, 0x03ff],
  ['between subnormal and normal', 1023.5 * 2 ** -24, 0x0400],
  ['the smallest', 2 ** -24, 0x0001],
  ['half of the smallest, to even', 2 ** -25, 0x0000],
  ['a little more than that', 2 ** -25 + 2 ** -40, 0x0001],
  ['three halves of the smallest, to even', 3 * 2 ** -25, 0x0002],
  ['a tie, to even below', 1 + 2 ** -11, 0x3c00],
  ['a tie, to even above', 1 + 3 * 2 ** -11, 0x3c02],
  ['minus zero', -0, 0x8000],
  ['infinity', Number.NEGATIVE_INFINITY, 0xfc00],
])('%s: %d is %d', (_, x, wanted) => expect(toHalf([x])[0]).toBe(wanted));

test('every half float comes back from the number it stands for', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const back = toHalf(fromHalf(all));
  const isNotANumber = (h: number) => (h & 0x7fff) > 0x7c00;
  expect(
    all.filter((h, i) => (isNotANumber(h) ? !isNotANumber(back[i]) : back[i] !== h)),
  ).toHaveLength(0);
});
