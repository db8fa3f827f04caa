import { drawn } from './random_bits.ts';

export const cases = drawn((words) => words.map((w) => Math.floor(w / 256) / 2 ** 24));
