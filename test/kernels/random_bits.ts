import { philox } from '../reference/philox.ts';
import type { Case } from './case.ts';
import { flat, narrow } from './flat.ts';

export const words = (n: number, key: Uint32Array, call: number): number[] =>
  Array.from({ length: Math.ceil(n / 4) }, (_, b) =>
    philox([b, call, key[2], key[3]], [key[0], key[1]]),
  ).flat();

export const keys = [Uint32Array.of(7, 0, 0, 0), Uint32Array.of(0xfffffff0, 3, 0x80000001, 9)];

/** One row per key and size, for kernels that make something of the words. */
export const drawn = (make: (words: number[]) => Case['expect'][string], tolerance?: number) =>
  keys.flatMap((key) =>
    [1, 4, 67].map((n): Case => {
      const y = make(words(n, key, 5));
      return {
        name: `${n} with key ${key.join(' ')}`,
        params: { n, call: 5 },
        buffers: { key },
        overrides: narrow,
        groups: flat(n),
        expect: { y },
        tolerance,
      };
    }),
  );

export const cases: Case[] = drawn((w) => w);
