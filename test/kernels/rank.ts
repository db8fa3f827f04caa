import type { Case } from './case.ts';
import { flat, narrow } from './flat.ts';

const ranked = (name: string, key: Uint32Array): Case => {
  const order = Array.from(key.keys()).sort((i, j) => key[i] - key[j] || i - j);
  const y = new Uint32Array(key.length);
  order.forEach((i, place) => {
    y[i] = place;
  });
  const params = { n: key.length };
  const groups = flat(key.length);
  return { name, params, buffers: { key }, overrides: narrow, groups, expect: { y } };
};
const spread = (n: number, most: number) =>
  Uint32Array.from({ length: n }, (_, i) => Math.floor((((i + 1) * 0.6180339887) % 1) * most));

export const cases: Case[] = [
  ranked('one', spread(1, 9)),
  ranked('three', Uint32Array.of(5, 5, 2)),
  ranked('a whole number of blocks', spread(16, 2 ** 32)),
  ranked('a partial block', spread(37, 2 ** 32)),
  ranked('many equal', spread(38, 5)),
  ranked('the largest words', Uint32Array.of(0xffffffff, 1, 0xffffffff, 0xffffffff, 0, 0xffffffff)),
];
