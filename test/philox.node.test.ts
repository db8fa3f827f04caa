import { describe, expect, test } from 'vitest';
import { philox } from '../engine/philox.ts';
import { philox as reference } from './reference/philox.ts';

type Four = [number, number, number, number];
const ones = 0xffffffff;

// Known answers of Random123 (kat_vectors, philox4x32 10).
const known: [Four, [number, number], Four][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [ones, ones, ones, ones],
    [ones, ones],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

describe('philox', () => {
  test.each(known)('of %j with key %j', (counter, key, want) => {
    expect(philox(counter, key)).toEqual(want);
  });
  test('agrees with whole-number arithmetic on other counters', () => {
    for (let i = 0; i < 200; i++) {
      const words = philox([i, 1, 2, 3], [4, 5]);
      expect(philox(words, [words[1], i])).toEqual(reference(words, [words[1], i]));
    }
  });
});
