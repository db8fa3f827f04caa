import { describe, expect, test } from 'vitest';
import { randomStream } from '../models/data/random.ts';
import { ansStack } from '../models/uses/ans.ts';
import { arithmeticDecoder, arithmeticEncoder } from '../models/uses/arithmetic.ts';
import { intervalOf, symbolAt, type Table, tableOf } from '../models/uses/intervals.ts';

const WHOLE = 2 ** 24;

/** Messages with the table of each symbol, and their cost by these tables, bits. */
const messages: Record<string, () => { symbols: number[]; tables: Table[] }> = {
  nothing: () => ({ symbols: [], tables: [] }),
  'one symbol out of one': () => same([0], [1]),
  'a symbol that is certain, many times': () => same(Array(10_000).fill(0), [1, 0]),
  'the least likely symbol, many times': () => same(Array(5000).fill(1), [1, 0]),
  'the least likely symbols in front': () => same(Array(5000).fill(0), [0, 0, 1]),
  'all least likely but the last': () => same(Array(5000).fill(2), [0, 1, 0]),
  'certain and impossible in turn': () =>
    same(
      Array.from({ length: 5000 }, (_, i) => Number(i % 7 === 0)),
      [1, 1e-30],
    ),
  halves: () => random(20_000, () => [0.5, 0.5], 1),
  'coins of all kinds': () =>
    random(20_000, (u) => (u < 0.5 ? [u ** 8, 1 - u ** 8] : [1 - u, u]), 2),
  '256 levels alike': () => random(5000, () => Array(256).fill(1), 3),
  '256 levels, peaked': () =>
    random(
      5000,
      (u) => Array.from({ length: 256 }, (_, i) => Math.exp(-((i / 9 - 20 * u) ** 2))),
      4,
    ),
  '5000 symbols': () => random(3000, () => Array.from({ length: 5000 }, (_, i) => i % 13), 5),
};

function same(symbols: number[], probabilities: number[]) {
  const table = tableOf(probabilities);
  return { symbols, tables: symbols.map(() => table) };
}

function random(length: number, probabilities: (u: number) => number[], stream: number) {
  const { uniform } = randomStream(7, stream);
  const tables = Array.from({ length }, () => tableOf(probabilities(uniform())));
  return { symbols: tables.map((t) => symbolAt(t, Math.floor(uniform() * WHOLE))), tables };
}

const cost = (symbols: number[], tables: Table[]) =>
  symbols.reduce((bits, s, i) => bits + 24 - Math.log2(intervalOf(tables[i], s).size), 0);

describe('tables', () => {
  test.each([
    [[1], [WHOLE]],
    [
      [1, 1],
      [WHOLE / 2, WHOLE / 2],
    ],
    [
      [0, 5, 0],
      [1, WHOLE - 2, 1],
    ],
    [
      [1e-30, 1e-30],
      [WHOLE / 2, WHOLE / 2],
    ],
    [
      [3e38, 0],
      [WHOLE - 1, 1],
    ],
  ])('of %j', (probabilities, sizes) => {
    const table = tableOf(probabilities);
    expect(sizes.map((_, i) => intervalOf(table, i).size)).toEqual(sizes);
  });

  test.each([[[Number.NaN, 1]], [[-0.1, 1]], [[0, 0]]])('of %j are refused', (probabilities) => {
    expect(() => tableOf(probabilities)).toThrow(/compress: expected probabilities, got/);
  });

  test('lose less than a thousandth of a bit to rounding', () => {
    const { uniform } = randomStream(1, 0);
    for (let trial = 0; trial < 50; trial++) {
      const p = Array.from({ length: 256 }, () => uniform() ** 6);
      const total = p.reduce((a, b) => a + b, 0);
      const table = tableOf(p);
      const lost = p.reduce((bits, v, i) => {
        const size = intervalOf(table, i).size / WHOLE;
        return v === 0 ? bits : bits + (v / total) * Math.log2(v / total / size);
      }, 0);
      expect(lost).toBeGreaterThan(-1e-9);
      expect(lost).toBeLessThan(1e-3);
    }
  });
});

describe.each(Object.keys(messages))('%s', (name) => {
  const { symbols, tables } = messages[name]();

  test('comes back from the arithmetic coder, in as many bits as it costs', () => {
    const encoder = arithmeticEncoder();
    symbols.forEach((symbol, i) => {
      encoder.put(intervalOf(tables[i], symbol));
    });
    const bytes = encoder.finish();
    const decoder = arithmeticDecoder(bytes);
    expect(tables.map((table) => decoder.take(table))).toEqual(symbols);
    // The range is at least 2^40 and loses less than 2^24 to rounding at each symbol; one byte to end.
    const bits = cost(symbols, tables);
    expect(8 * bytes.length).toBeLessThan(bits + symbols.length * 1.5 * 2 ** -16 + 9);
  });

  test('comes back from the stack, backwards, and leaves it as it was', () => {
    const start = Uint8Array.from({ length: 64 }, (_, i) => 37 * i + 1);
    const stack = ansStack(start);
    const before = stack.bits;
    symbols.forEach((symbol, i) => {
      stack.push(intervalOf(tables[i], symbol));
    });
    const bits = cost(symbols, tables);
    // head ≥ 2^32 and sizes ≤ 2^24: each push rounds by less than 2^-8 of it, 2^-16 on the average.
    expect(Math.abs(stack.bits - before - bits)).toBeLessThan(1e-3 * bits + 1);
    const again = ansStack(stack.bytes());
    const back = [...tables].reverse().map((table) => {
      const { symbol } = again.pop((point) => {
        const symbol = symbolAt(table, point);
        return { symbol, ...intervalOf(table, symbol) };
      });
      return symbol;
    });
    expect(back.reverse()).toEqual(symbols);
    expect(again.bytes()).toEqual(start);
  });
});

test('carries that run through many bytes', () => {
  // Just below a border again and again, then above it: 0xffff... must become 0x10000...
  const table = tableOf([1, 1]);
  for (let length = 1; length < 200; length++) {
    const symbols = [0, ...Array<number>(length).fill(1), 0, 1];
    const encoder = arithmeticEncoder();
    for (const symbol of symbols) encoder.put(intervalOf(table, symbol));
    const decoder = arithmeticDecoder(encoder.finish());
    expect(symbols.map(() => decoder.take(table))).toEqual(symbols);
  }
});

test('a stack that is too short, or ends, says so', () => {
  expect(() => ansStack(new Uint8Array(4))).toThrow(/expected a stack of at least 6 bytes, got 4/);
  expect(() => ansStack(new Uint8Array(6))).toThrow(/whose top is not zero/);
  const stack = ansStack(Uint8Array.of(1, 2, 3, 4, 5, 6));
  const take = () => stack.pop(() => ({ start: 0, size: 1 }));
  expect(() => {
    for (let i = 0; i < 9; i++) take();
  }).toThrow(/the stack is empty/);
});
