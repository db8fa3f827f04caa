import { describe, expect, test } from 'vitest';
import type { Form } from '../models/data/form.ts';
import type { Symbols } from '../models/discrete/symbols.ts';
import {
  absorbingMatrix,
  gaussianMatrix,
  type Matrix,
  type Noise,
  times,
  transitionsOf,
  uniformMatrix,
} from '../models/discrete/transitions.ts';
import { passesTo } from '../models/discrete/views.ts';
import { symbolsOfPattern } from '../models/uses/blanks.ts';

const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));
const strength = { betaFirst: 0.1, betaLast: 0.4 };

/** Q_1 ... Q_t, one after another. */
function powers(noise: Noise, symbols: number, steps: number) {
  const { states, between } = transitionsOf(noise, symbols, steps, strength);
  const products: Matrix[] = [between(0, 0)];
  for (let t = 1; t <= steps; t++) {
    products.push(times(products[t - 1], between(t - 1, t), states));
  }
  return { states, between, products };
}

describe('transition matrices', () => {
  // Products of 64 float64 matrices: rounding adds up to a few times 64 · 2⁻⁵³.
  test.each([
    ['uniform', uniformMatrix, (t: number) => Math.cos((Math.PI / 2) * (t / 64)) ** 2],
    ['absorbing', absorbingMatrix, (t: number) => 1 - t / 64],
  ] as const)('powers of %s noise equal the closed form', (noise, closed, kept) => {
    const { states, between, products } = powers(noise, 5, 64);
    products.forEach((product, t) => {
      expect(worst(product, closed(states, kept(t)))).toBeLessThan(1e-13);
      expect(worst(between(0, t), product)).toBeLessThan(1e-15);
    });
    expect(worst(between(10, 30), times(between(10, 17), between(17, 30), states))).toBeLessThan(
      1e-13,
    );
  });

  test('gaussian noise is symmetric, keeps the uniform distribution and mixes to it', () => {
    const { states, between } = powers('gaussian', 8, 64);
    for (const t of [1, 20, 64]) {
      const q = between(t - 1, t);
      for (let i = 0; i < states; i++) {
        let [row, column] = [0, 0];
        for (let j = 0; j < states; j++) {
          row += q[i * states + j];
          column += q[j * states + i];
          expect(q[i * states + j]).toBeGreaterThanOrEqual(0);
        }
        expect([row, column]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
      }
    }
    expect(worst(between(0, 64), new Float64Array(64).fill(1 / 8))).toBeLessThan(1e-3);
  });

  test('a gaussian step goes to near levels, e^(−4 d² / ((S − 1)² β)) as often at distance d', () => {
    const q = gaussianMatrix(5, 0.3);
    for (const d of [1, 2, 3]) {
      const ratio = q[d + 1] / q[d];
      expect(ratio).toBeCloseTo(Math.exp((-4 * ((d + 1) ** 2 - d * d)) / (16 * 0.3)), 12);
    }
  });
});

describe('patterns with blanks', () => {
  const names = { kind: 'tokens', symbols: '.abcdefghijklmnopqrstuvwxyz', ended: true } as const;
  const symbols = { count: 27, length: 6 } as Symbols;
  const text: Form & { kind: 'tokens' } = { ...names, symbols: ' abc', ended: false };

  test('a name ends after its pattern, a text goes on freely', () => {
    expect(symbolsOfPattern('m_r_', names, symbols)).toEqual([13, 27, 18, 27, 0, 0]);
    expect(symbolsOfPattern('a _c', text, { ...symbols, count: 4 })).toEqual([1, 0, 4, 3, 4, 4]);
  });

  test('what cannot be read is refused', () => {
    expect(() => symbolsOfPattern('m-r', names, symbols)).toThrow("'-' is none of");
    expect(() => symbolsOfPattern('_______', names, symbols)).toThrow('at most 6 symbols, got 7');
  });
});

test('passes double up to the most', () => {
  expect(passesTo(64)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  expect(passesTo(20)).toEqual([1, 2, 4, 8, 16, 20]);
  expect(passesTo(1)).toEqual([1]);
});
